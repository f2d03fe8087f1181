/**
 * Keeps ONNX Runtime from reporting its use to its makers, unless the environment says otherwise: what runs in the lab stays in the lab.
 * To be called before the first session of a process, and before threads that open one are started: they take the environment over.
 */
export function leaveOutOnnxTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
}
