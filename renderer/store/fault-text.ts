/** A fault in one line: its sentence, ended by a full stop, and what to do about it. */
export function faultText({ message, action }: { readonly message: string; readonly action?: string | undefined }): string {
  if (action === undefined || action === '') return message;
  return /[.!?…]$/.test(message) ? `${message} ${action}` : `${message}. ${action}`;
}

/** What faults of models come to for whoever uses a processor: names of nodes and shapes are for its author. */
const briefs: Readonly<Record<string, string>> = {
  'model.failed': 'Its model fails on these frames',
  'model.node-refused': 'Its model cannot be run here',
  'model.refused': 'Its model cannot be run here',
  'model.no-provider': 'Its execution provider cannot be had here',
  'runtime.worker-died': 'The thread that ran it ended',
};

/** A fault in a few words, to be shown where there is room for one line. The whole of it is what {@link faultText} says. */
export function faultBrief({ code, message }: { readonly code: string; readonly message: string }): string {
  // A thrown error's own words come after what the lab says of them.
  return briefs[code] ?? message.replace(/(?: but received)?:\s.*$/s, '');
}
