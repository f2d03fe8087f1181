/** Exposures that differ by less count as equal: an automatic exposure that is settled still moves by a little. */
const tolerance = 0.02;

/** Indices of frames by equal exposure, each group in the order given, groups by their first frame. */
export function groupsOfEqualExposure(exposures: readonly number[]): readonly (readonly number[])[] {
  const groups: { readonly exposure: number; readonly indices: number[] }[] = [];
  for (const [index, exposure] of exposures.entries()) {
    const group = groups.find((known) => Math.abs(exposure / known.exposure - 1) < tolerance);
    if (group) group.indices.push(index);
    else groups.push({ exposure, indices: [index] });
  }
  return groups.map(({ indices }) => indices);
}
