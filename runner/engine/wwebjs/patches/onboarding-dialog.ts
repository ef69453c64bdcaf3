import type { LibraryPage } from '../library.ts';

type Element = {
  querySelectorAll(selector: string): Iterable<Element>;
  click(): void;
  disabled?: boolean;
  getAttribute(name: string): string | null;
};

export type DialogState = 'none' | 'acknowledged' | 'needs a person';

/**
 * A new account is shown "What's new on WhatsApp Web"; left alone, the phone unlinks us about five minutes later
 * (rmyndharis/OpenWA #982, #1243; upstream #3550). Presses the button of a dialog that has exactly one and nothing to
 * fill in: by structure, since the words differ by language (#1679). Any other dialog is left to a person.
 */
export async function acknowledgeDialog(page: LibraryPage): Promise<DialogState> {
  return page.evaluate(() => {
    const { document } = globalThis as unknown as { document: Element };
    const dialogs = [...document.querySelectorAll('[role="dialog"], dialog[open]')];
    const dialog = dialogs.at(-1);
    if (dialog === undefined) return 'none';
    const inputs = [
      ...dialog.querySelectorAll('input, textarea, select, [contenteditable="true"]'),
    ];
    const buttons = [...dialog.querySelectorAll('button, [role="button"]')].filter(
      (button) => button.disabled !== true && button.getAttribute('aria-disabled') !== 'true',
    );
    if (inputs.length > 0 || buttons.length !== 1) return 'needs a person';
    buttons[0]?.click();
    return 'acknowledged';
  });
}
