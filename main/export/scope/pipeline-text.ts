import type { ParameterValue } from '../../../preload/contract.ts';
import type { ExportParameter } from '../export-parameter.ts';
import { className, docstring, pythonDefault, pythonText, pythonTuple, pythonValue } from './python-text.ts';
import type { ScopeSource } from './scope-source.ts';

/** A model of the package: the file, and the graph's key, the values of the open parameters and the size of frames where it has one. */
export interface ModelEntry {
  readonly file: string;
  readonly values: readonly ParameterValue[];
  readonly size?: { readonly width: number; readonly height: number };
}

/** `pipeline.py`: frames from Scope through the model and back. */
export function pipelineText(source: ScopeSource, models: readonly ModelEntry[]): string {
  const config = `${className(source.id)}Config`;
  const hasMemory = source.inputSize > 1;
  const lines = [
    `"""Runs the model of ${docstring(source.name)} on the frames that Scope hands over."""`,
    '',
    ...(hasMemory ? ['from collections import deque'] : []),
    'from importlib.resources import files',
    '',
    'import numpy as np',
    'import onnxruntime',
    'import torch',
    'from scope.core.pipelines.interface import Pipeline, Requirements',
    '',
    `from .schema import ${config}`,
    '',
    ...tablesOf(source, models),
    ...helpersOf(source),
    '',
    '',
    `class ${className(source.id)}Pipeline(Pipeline):`,
    `    """${docstring(source.description)}."""`,
    '',
    '    @classmethod',
    '    def get_config_class(cls):',
    `        return ${config}`,
    '',
    ...initialiser(source),
    '',
    ...preparing,
    '',
    ...calling(source),
    '',
    ...processing(source),
    '',
    ...running(source),
    '',
  ];
  return lines.join('\n');
}

const isSized = ({ graphs }: ScopeSource): boolean => graphs.some(({ size }) => size);

function tablesOf(source: ScopeSource, models: readonly ModelEntry[]): string[] {
  const { open, fixed, sizeMultiple, inputSize } = source;
  const keys = open.map(({ name }) => name);
  const what = keys.length > 0 ? `, by ${keys.join(', ')}` : '';
  const rows = models.map(({ file, values, size }) => {
    const literals = values.map((value) => pythonValue(value, true));
    return `    ${pythonTuple([...literals, ...(size ? [`(${size.height}, ${size.width})`] : [])])}: ${pythonText(file)},`;
  });
  return [
    `# The graph in every form that can be loaded${what}${isSized(source) ? ', and by rows and columns of a frame' : ''}.`,
    'MODELS = {',
    ...rows,
    '}',
    ...(fixed.length > 0
      ? ['# Part of the models; another value needs another export.', 'FIXED = {', ...fixedRows(fixed), '}']
      : []),
    ...(inputSize > 1 ? ['# Frames that one run sees: the newest and those before it.', `INPUT_SIZE = ${inputSize}`] : []),
    ...(sizeMultiple > 1 ? ['# Rows and columns are cut to a multiple of it.', `SIZE_MULTIPLE = ${sizeMultiple}`] : []),
  ];
}

function fixedRows(fixed: readonly ExportParameter[]): string[] {
  return fixed.map(({ name, defaultValue, integer }) => `    ${pythonText(name)}: ${pythonValue(defaultValue, integer)},`);
}

function helpersOf({ runtime }: ScopeSource): string[] {
  const isNumber = ({ control, options }: ExportParameter): boolean => !options && control !== 'toggle';
  return [
    ...(runtime.some(isNumber)
      ? [
          '',
          '',
          'def _within(value, low, high):',
          '    """What Scope hands over is unchecked: a controller may be turned beyond the range."""',
          '    return min(max(float(value), low), high)',
        ]
      : []),
    ...(runtime.some(({ options }) => options)
      ? [
          '',
          '',
          'def _place(value, options, default):',
          '    """The place of a choice, which is how the model takes it; the default\'s for one that it does not have."""',
          '    return options.index(value if value in options else default)',
        ]
      : []),
  ];
}

function initialiser(source: ScopeSource): string[] {
  const { open, fixed, inputSize } = source;
  const named = open.map((parameter) => `${parameter.name}=${pythonDefault(parameter)}, `);
  const key = pythonTuple(
    open.map((parameter) => (parameter.integer && !parameter.options ? `int(${parameter.name})` : parameter.name)),
  );
  const chosen = open.length === 0 ? '()' : key;
  return [
    `    def __init__(self, ${named.join('')}**kwargs):`,
    '        """Takes the load-time parameters; what else Scope hands over, such as a resolution, is left alone."""',
    ...(fixed.length > 0 ? fixedCheck : []),
    ...open.flatMap(choiceCheck),
    `        self._chosen = ${chosen}`,
    '        self._sessions = {}',
    ...(inputSize > 1 ? ['        self._frames = deque(maxlen=INPUT_SIZE)'] : []),
    // A model that cannot be loaded is told of when the pipeline is, not with the first frame.
    ...(isSized(source) ? [] : ['        self._session(self._chosen)']),
  ];
}

const fixedCheck = [
  '        for name, value in FIXED.items():',
  '            if kwargs.get(name, value) != value:',
  '                raise ValueError(f"Expected {name} as exported, {value!r}, but received {kwargs[name]!r}; export again for another one")',
];

function choiceCheck({ name }: ExportParameter, index: number): string[] {
  return [
    `        known = sorted({key[${index}] for key in MODELS})`,
    `        if ${name} not in known:`,
    `            raise ValueError(f"Expected one of {known} for ${name} but received {${name}!r}")`,
  ];
}

const preparing = [
  '    def prepare(self, **kwargs) -> Requirements:',
  '        """One frame makes one frame; those before it are remembered where the model sees them."""',
  '        return Requirements(input_size=1)',
];

function calling({ runtime, inputSize }: ScopeSource): string[] {
  return [
    '    def __call__(self, **kwargs) -> dict:',
    '        """Frames in `video`, each [1, H, W, 3] from 0 to 255, to as many [H, W, 3] from 0 to 1."""',
    '        video = kwargs.get("video")',
    '        if video is None or len(video) == 0:',
    '            raise ValueError("Expected frames in video but received none")',
    ...(inputSize > 1 ? ['        if kwargs.get("init_cache", False):', '            self._frames.clear()'] : []),
    ...(runtime.length === 0
      ? ['        parameters = {}']
      : [
          '        values = {',
          ...runtime.map((parameter) => `            ${pythonText(parameter.name)}: ${scalarOf(parameter)},`),
          '        }',
          '        parameters = {name: np.array(value, dtype=np.float32) for name, value in values.items()}',
        ]),
    '        made = np.concatenate([self._process(frame, parameters) for frame in video])',
    '        result = {"video": torch.from_numpy(made).to(video[0].device)}',
    '        if "video_timestamps" in kwargs:',
    '            result["video_timestamps"] = kwargs["video_timestamps"]',
    '        return result',
  ];
}

/** The schema's default stands in the call: Scope does not hand defaults over. */
function scalarOf(parameter: ExportParameter): string {
  const { name, options, control, minimum, maximum, integer } = parameter;
  const fallback = pythonDefault(parameter);
  const value = `kwargs.get(${pythonText(name)}, ${fallback})`;
  if (options) return `_place(${value}, ${pythonTuple(options.map((option) => pythonValue(option.value, true)))}, ${fallback})`;
  if (control === 'toggle') return `bool(${value})`;
  const within = `_within(${value}, ${pythonValue(minimum as number, integer)}, ${pythonValue(maximum as number, integer)})`;
  return integer ? `round(${within})` : within;
}

function processing({ inputSize, sizeMultiple }: ScopeSource): string[] {
  const crop = [
    '        rows, columns = (extent // SIZE_MULTIPLE * SIZE_MULTIPLE for extent in frame.shape[1:3])',
    '        frame = frame[:, :rows, :columns]',
  ];
  const remember = [
    '        if self._frames and self._frames[-1].shape != frame.shape:',
    '            self._frames.clear()',
    '        self._frames.append(frame)',
    '        # Before the first frame nothing moved.',
    '        missing = [self._frames[0]] * (INPUT_SIZE - len(self._frames))',
    '        frame = np.concatenate([*missing, *self._frames])',
  ];
  return [
    '    def _process(self, frame, parameters):',
    '        frame = frame.cpu().numpy()',
    ...(sizeMultiple > 1 ? crop : []),
    '        frame = np.ascontiguousarray(frame, dtype=np.float32) / np.float32(255)',
    ...(inputSize > 1 ? remember : []),
    '        return self._run({"video": frame, **parameters})',
  ];
}

function running(source: ScopeSource): string[] {
  const bySize = [
    '        size = inputs["video"].shape[1:3]',
    '        key = (*self._chosen, size)',
    '        if key not in MODELS:',
    '            known = ", ".join(sorted({f"{key[-1][1]}x{key[-1][0]}" for key in MODELS}))',
    '            raise ValueError(f"Expected frames of {known} but received {size[1]}x{size[0]}; export again for that size")',
    '        session = self._session(key)',
  ];
  return [
    '    def _run(self, inputs):',
    ...(isSized(source) ? bySize : ['        session = self._session(self._chosen)']),
    '        return session.run(["video_out"], inputs)[0]',
    '',
    '    def _session(self, key):',
    '        if key not in self._sessions:',
    '            model = files(__package__).joinpath(MODELS[key]).read_bytes()',
    '            available = onnxruntime.get_available_providers()',
    '            wanted = ["CUDAExecutionProvider", "CPUExecutionProvider"]',
    '            providers = [name for name in wanted if name in available]',
    '            self._sessions[key] = onnxruntime.InferenceSession(model, providers=providers)',
    '        return self._sessions[key]',
  ];
}
