import { lstat, rename } from 'node:fs/promises';

/**
 * Gives a file that cannot be understood another name beside it, `PATH.damaged`, then `PATH.damaged-2` and so on, so that neither it nor
 * one that was set aside before is ever overwritten. Returns the new path; rejects with the system's error where the file stays.
 */
export async function setAside(path: string): Promise<string> {
  const aside = await freeName(`${path}.damaged`);
  await rename(path, aside);
  return aside;
}

async function freeName(name: string): Promise<string> {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    // A link that leads nowhere has a name as well.
    const isTaken = await lstat(candidate).then(
      () => true,
      () => false,
    );
    if (!isTaken) return candidate;
  }
}
