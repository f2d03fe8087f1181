/** One finding. `fix` says what to do where something does not work. */
export interface Finding {
  readonly subject: string;
  readonly state: 'works' | 'missing' | 'limited';
  readonly detail: string;
  readonly fix?: string;
}
