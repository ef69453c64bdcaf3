import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import { buttonClass } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNote, Loading } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';

/** What there is to know of one chat's contact or group. `children` is undefined while it loads. */
export function Sheet({
  sessionId,
  id,
  title,
  error,
  onClose,
  children,
}: {
  sessionId: string;
  id: string;
  title: string;
  error: Error | null;
  onClose: () => void;
  children: ReactNode;
}): ReactElement {
  return (
    <Dialog as="sheet" title={title} onClose={onClose}>
      {error !== null && <ErrorNote error={error} />}
      {children === undefined && error === null && <Loading />}
      {children}
      <div>
        <Link to="/chats" search={{ sessionId, chat: id }} className={buttonClass('primary')}>
          {t.people.openChat}
        </Link>
      </div>
    </Dialog>
  );
}
