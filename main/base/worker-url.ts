/**
 * URL of a worker's entry module, given its path below `main/` without extension, for example `runtime/lane-worker`.
 * Run from source it is the TypeScript file; in a bundle it is the entry of the same name below `out/main/`.
 */
export function workerUrl(pathBelowMain: string): URL {
  const here = import.meta.url;
  if (here.endsWith('/base/worker-url.ts')) return new URL(`../${pathBelowMain}.ts`, here);
  const bundleFolder = here.slice(0, here.lastIndexOf('/out/main/') + '/out/main/'.length);
  return new URL(`${pathBelowMain}.js`, bundleFolder);
}
