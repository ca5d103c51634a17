/**
 * Text that cannot steer the terminal: control characters, line breaks among them, and those that reorder what is shown
 * after them become visible. E-mails and names of devices were chosen by strangers.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '\uFFFD');
}
