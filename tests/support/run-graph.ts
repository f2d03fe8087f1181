import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ConstantData, Graph } from '../../main/graph/graph.ts';
import { writeOnnxModel } from '../../main/graph/onnx-model.ts';

/** Runs a graph in ONNX Runtime on this thread, with plain arrays in and out; `feeds` carry the shapes of the graph's inputs. */
export async function runGraph(graph: Graph, feeds: Readonly<Record<string, ConstantData>>): Promise<Record<string, number[]>> {
  const session = await InferenceSession.create(writeOnnxModel(graph).bytes, { intraOpNumThreads: 1 });
  try {
    const tensors = graph.inputs.map(({ name, type, shape }) => {
      const data = feeds[name];
      if (data === undefined) throw new Error(`Expected data for graph input ${name} but received none`);
      return [name, new Tensor(type as 'float32', data as Float32Array, shape.map(Number))] as const;
    });
    const results = await session.run(Object.fromEntries(tensors));
    return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, Array.from(tensor.data as Float32Array)]));
  } finally {
    await session.release();
  }
}
