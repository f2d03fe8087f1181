import { InferenceSession, Tensor } from 'onnxruntime-node';
import { assert } from '../base/errors.ts';
import { leaveOutOnnxTelemetry } from '../base/onnx-telemetry.ts';
import type { Graph } from '../graph/graph.ts';
import { writeOnnxModel } from '../graph/onnx-model.ts';
import { processorPorts } from './processor-plan.ts';
import type { InputValues } from './stage.ts';
import type { VideoTensor } from './video-tensor.ts';

/** A processor's graph in a session of its own on the CPU, for one run after the other: trials, single pictures, tests. */
export interface GraphSession {
  /** Every output by its name, as floats. Rejects with what ONNX Runtime throws. */
  run(video: VideoTensor, inputs: InputValues): Promise<Readonly<Record<string, Float32Array>>>;
  close(): Promise<void>;
}

/**
 * Opens a session of a graph as {@link processorPorts} describes it. One thread, so that it never competes with a lane. ONNX Runtime writes
 * errors to stderr beside throwing them; `quiet` leaves it at that, for whoever tries what may fail.
 */
export async function openGraphSession(graph: Graph, { quiet = false } = {}): Promise<GraphSession> {
  leaveOutOnnxTelemetry();
  const logSeverityLevel = quiet ? 4 : 3;
  const session = await InferenceSession.create(writeOnnxModel(graph).bytes, { intraOpNumThreads: 1, logSeverityLevel });
  return {
    run: async (video, inputs) => {
      const feeds: Record<string, Tensor> = { [processorPorts.video]: new Tensor('float32', video.data, video.shape) };
      for (const { name, shape } of graph.inputs) {
        if (name === processorPorts.video) continue;
        const value = inputs[name];
        assert(value, `Expected a value for input ${name} of ${graph.name}`);
        feeds[name] = new Tensor('float32', value, shape.map(Number));
      }
      const results = await session.run(feeds);
      return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, tensor.data as Float32Array]));
    },
    close: () => session.release(),
  };
}
