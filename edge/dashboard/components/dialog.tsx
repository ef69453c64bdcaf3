import { clsx } from 'clsx';
import { type ReactElement, type ReactNode, useEffect, useId, useRef } from 'react';
import { t } from '../messages/en.ts';
import { IconButton } from './button.tsx';
import { Icon } from './icon.tsx';

type Props = {
  title: string;
  onClose: () => void;
  /** A sheet comes from the side and leaves room for the page behind it. */
  as?: 'dialog' | 'sheet';
  /** With false, only a button closes it: for what is shown once. */
  canDismiss?: boolean;
  children: ReactNode;
};

const SHAPES = {
  dialog: 'm-auto w-[min(32rem,calc(100vw-2rem))] max-h-[calc(100dvh-2rem)] rounded-lg border',
  sheet: 'ml-auto mr-0 my-0 h-dvh max-h-dvh w-[min(36rem,100vw)] max-w-none border-l',
};

/** The browser's own dialog: it holds the focus, gives it back, and closes by Escape. */
export function Dialog({
  title,
  onClose,
  as = 'dialog',
  canDismiss = true,
  children,
}: Props): ReactElement {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    // Where there is something to fill in, one can type at once.
    dialog?.querySelector<HTMLElement>('form :is(input, select, textarea)')?.focus();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        if (canDismiss) onClose();
      }}
      className={clsx('bg-surface text-ink backdrop:bg-black/40', SHAPES[as])}
    >
      <header className="sticky top-0 z-10 flex items-center justify-between gap-4 border-b bg-surface px-5 py-3">
        <h2 id={titleId} className="text-lg font-semibold">
          {title}
        </h2>
        {canDismiss && (
          <IconButton label={t.common.close} onClick={onClose}>
            <Icon name="close" />
          </IconButton>
        )}
      </header>
      <div className="grid gap-4 p-5">{children}</div>
    </dialog>
  );
}
