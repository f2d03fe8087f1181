/** A fault in one line: its sentence, ended by a full stop, and what to do about it. */
export function faultText({ message, action }: { readonly message: string; readonly action?: string | undefined }): string {
  if (action === undefined || action === '') return message;
  return /[.!?…]$/.test(message) ? `${message} ${action}` : `${message}. ${action}`;
}
