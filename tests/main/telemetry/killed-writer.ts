/** A program that stores rows until it is killed: `node killed-writer.ts FOLDER` prints how many are certain so far. */
import { TelemetryManager } from '../../../main/telemetry/telemetry-manager.ts';

const telemetry = await TelemetryManager.open({ folder: process.argv[2] ?? '', appVersion: '9.9.9' });
const { id } = await telemetry.startSession({ name: 'Killed', source: 'simulator:chart', sensor: {} });
for (let frameId = 1; ; frameId++) {
  telemetry.appendFrame(id, { frameId, sequence: frameId, capturedNs: BigInt(frameId), controls: { gain: 1 } });
  if (frameId % 1000 === 0) {
    await telemetry.flush();
    process.stdout.write(`${frameId}\n`);
  }
}
