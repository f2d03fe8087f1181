import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { timePageLoads } from './chromium-page.ts';

/** The floor of any page in this browser on this machine: one canvas, filled once, that says when it is on the screen. */
const html = `<!doctype html><title>plain</title><canvas width="1920" height="1080"></canvas><script>
  document.querySelector('canvas').getContext('2d').fillRect(0, 0, 1920, 1080);
  requestAnimationFrame(() => requestAnimationFrame(() => fetch('/painted')));
</script>`;
let painted: (() => void) | undefined;
const server = createServer((request, response) => {
  if (request.url === '/painted') painted?.();
  response.writeHead(200, { 'content-type': 'text/html', 'cache-control': 'no-store' }).end(html);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const output = await timePageLoads(() => {
  const { promise, resolve } = Promise.withResolvers<void>();
  painted = resolve;
  return { url: `http://127.0.0.1:${port}/`, painted: promise };
});
server.closeAllConnections();
server.close();
process.stdout.write(JSON.stringify(output));
