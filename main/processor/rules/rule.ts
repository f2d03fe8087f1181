import type { ProcessorFacts } from '../processor-facts.ts';

/** What breaks a rule: the field, what was expected and received there, and what to do. */
export interface Breach {
  readonly field: string;
  readonly expected: string;
  readonly received: string;
  readonly fix: string;
}

/** What a rule may know beside the declaration. */
export interface RuleContext {
  /** Ids of the processors that there are already. */
  readonly knownIds: readonly string[];
}

/** A rule that the declaration alone decides. */
export interface DeclarationRule {
  /** Stable name, in reports and documents. */
  readonly id: string;
  /** The rule in one sentence. */
  readonly what: string;
  /** Everything that breaks it. Must accept any data whatever. */
  check(facts: ProcessorFacts, context: RuleContext): readonly Breach[];
}

/** An entry of a report. */
export interface RuleFinding {
  readonly rule: string;
  readonly field: string;
  /** "Expected X for FIELD but received Y". */
  readonly message: string;
  readonly fix: string;
}

/** What checking a processor came to. It may be offered where there is no error. */
export interface RuleReport {
  readonly id: string;
  readonly errors: readonly RuleFinding[];
  readonly warnings: readonly RuleFinding[];
  /** What the trial runs made before clamping, by size of frame; empty where the declaration did not allow any. */
  readonly ranges: readonly TrialRange[];
}

/** The least and the greatest sample that a trial of one size of frame made, before clamping. */
export interface TrialRange {
  readonly width: number;
  readonly height: number;
  readonly lowest: number;
  readonly highest: number;
}

/** A breach as a report states it. */
export function findingOf(rule: string, { field, expected, received, fix }: Breach): RuleFinding {
  return { rule, field, message: `Expected ${expected} for ${field} but received ${received}`, fix };
}

/** Any value of a declaration for a person: short, and never an exception. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  if (text.trim() === '') return 'an empty text';
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
