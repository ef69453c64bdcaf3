import type { ReactElement, ReactNode } from 'react';
import { t } from '../messages/en.ts';
import { Button } from './button.tsx';

type Props = {
  label: string;
  saving: { isPending: boolean; isSuccess: boolean };
  disabled?: boolean;
  /** Other buttons of the same form. */
  children?: ReactNode;
};

/** The end of a form that stays on the page: its button, and whether it was saved. */
export const SaveBar = ({ label, saving, disabled = false, children }: Props): ReactElement => (
  <div className="flex items-center gap-3">
    <Button type="submit" look="primary" disabled={disabled} isBusy={saving.isPending}>
      {label}
    </Button>
    {children}
    <span role="status" className="text-good">
      {saving.isSuccess ? t.common.saved : ''}
    </span>
  </div>
);
