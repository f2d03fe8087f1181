/**
 * Puts a line on the clipboard. The clipboard API is missing on plain HTTP from another machine and denied in the Electron
 * shell; there the older way serves, which copies what is selected.
 */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copySelected(text);
  }
}

function copySelected(text: string): void {
  const carrier = document.createElement('textarea');
  const focused = document.activeElement;
  carrier.value = text;
  carrier.className = 'visually-hidden';
  document.body.append(carrier);
  carrier.select();
  document.execCommand('copy');
  carrier.remove();
  if (focused instanceof HTMLElement) focused.focus();
}
