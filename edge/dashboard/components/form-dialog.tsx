import type { FormEvent, ReactElement, ReactNode } from 'react';
import { t } from '../messages/en.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { FormError } from './states.tsx';

type Props = {
  title: string;
  /** On the button that submits. */
  submit: string;
  saving: { mutate: () => void; isPending: boolean; error: unknown };
  /** Fields whose errors the children show. */
  shown: readonly string[];
  onClose: () => void;
  children: ReactNode;
};

/** A dialog with one form in it. */
export function FormDialog({
  title,
  submit,
  saving,
  shown,
  onClose,
  children,
}: Props): ReactElement {
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    saving.mutate();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={onSubmit} noValidate className="grid gap-5">
        {children}
        <FormError error={saving.error} shown={shown} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" isBusy={saving.isPending}>
            {submit}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
