import type { SensorAnalysis } from '../../store/background-actions.ts';

type Finding = SensorAnalysis['findings'][number];

/** What a finding is about, as people call it. */
export const subjects: Readonly<Record<Finding['about'], string>> = {
  blackLevel: 'Black level',
  cfaOrder: 'CFA order',
  clippingPoint: 'White level',
  photonTransfer: 'Noise',
  defectGrowth: 'Defects',
};

/** What a finding says of what is taken for known. */
export const verdicts: Readonly<Record<Finding['verdict'], string>> = {
  agrees: 'as known',
  differs: 'differs',
  undecided: 'open',
};

/** All findings in one line, those first that differ. */
export function verdictText(findings: readonly Finding[]): string {
  const order: readonly Finding['verdict'][] = ['differs', 'agrees', 'undecided'];
  const sorted = findings.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  return sorted
    .map(({ about, verdict }) => `${subjects[about].toLowerCase().replace('cfa', 'CFA')} ${verdicts[verdict]}`)
    .join(', ');
}
