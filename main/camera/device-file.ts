import { createHash } from 'node:crypto';

/** Name of the JSON file in which a folder keeps something of a device: readable, and distinct for distinct identities. */
export function deviceFileName(deviceId: string): string {
  const readable = deviceId
    .replaceAll(/[^\w.-]+/g, '-')
    .replaceAll(/^[.-]+|-+$/g, '')
    .slice(0, 60);
  const digest = createHash('sha256').update(deviceId).digest('hex').slice(0, 12);
  return `${readable}-${digest}.json`;
}
