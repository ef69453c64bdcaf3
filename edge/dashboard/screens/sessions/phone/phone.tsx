import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { ApiError } from '../../../api/errors.ts';
import { Button } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { ErrorNote, Loading } from '../../../components/states.tsx';
import { t } from '../../../messages/en.ts';
import type { Session } from '../session.ts';
import { ChatList } from './chat-list.tsx';
import { Controls } from './controls.tsx';
import { Conversation } from './conversation.tsx';
import type { PhoneState } from './phone-state.ts';
import { phoneQuery, useDeed } from './queries.ts';

const text = t.phone;

/** The phone of a sandbox session: everything that its owner and those who write to it could do. */
export function Phone({ session }: { session: Session }): ReactElement {
  const { data: phone, error } = useQuery(phoneQuery(session.id));
  const isNew = error instanceof ApiError && error.code === 'SESSION_NOT_READY';
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-8 lg:grid-cols-[auto_minmax(0,1fr)]">
      <section
        aria-label={text.title}
        className="mx-auto flex h-[38rem] max-h-[80dvh] w-full max-w-[22rem] flex-col lg:w-[22rem] overflow-hidden rounded-[2.25rem] border-8 border-ink/85 bg-surface"
      >
        <StatusBar hasNetwork={phone?.hasNetwork ?? true} />
        {phone === undefined && error === null && (
          <div className="p-5">
            <Loading rows={6} />
          </div>
        )}
        {error !== null && !isNew && (
          <div className="p-4">
            <ErrorNote error={error} />
          </div>
        )}
        {(isNew || phone?.isLinked === false) && <Unlinked session={session} />}
        {phone?.isLinked === true && <Screen session={session} phone={phone} />}
      </section>
      <Controls session={session} phone={phone} />
    </div>
  );
}

function Screen({ session, phone }: { session: Session; phone: PhoneState }): ReactElement {
  const [chosen, setChosen] = useState<{ id: string; name: string }>();
  if (chosen === undefined) return <ChatList phone={phone} onOpen={setChosen} />;
  return (
    <Conversation
      key={chosen.id}
      sessionId={session.id}
      phone={phone}
      chat={phone.chats.find(({ id }) => id === chosen.id) ?? chosen}
      onBack={() => setChosen(undefined)}
    />
  );
}

const StatusBar = ({ hasNetwork }: { hasNetwork: boolean }): ReactElement => (
  <div className="flex items-center justify-between px-6 pt-3 pb-1 text-xs font-medium">
    <span>{text.title}</span>
    <span className="inline-flex items-center gap-1.5">
      {hasNetwork ? text.hasNetwork : text.noNetwork}
      <Icon name={hasNetwork ? 'signal' : 'unlink'} size={14} />
    </span>
  </div>
);

/** Before a scan, and after the device was removed. */
function Unlinked({ session }: { session: Session }): ReactElement {
  const deed = useDeed(session.id);
  const canScan = session.status === 'qr';
  return (
    <div className="grid flex-1 place-content-center justify-items-center gap-3 px-8 text-center">
      <span className="text-muted">
        <Icon name="phone" size={32} />
      </span>
      <h2 className="text-lg font-semibold">{text.unlinked}</h2>
      <p className="text-muted">{canScan ? text.unlinkedLead : text.noCode}</p>
      {deed.error !== null && <ErrorNote error={deed.error} />}
      <Button
        look="primary"
        disabled={!canScan}
        isBusy={deed.isPending}
        onClick={() => deed.mutate('scan')}
      >
        {text.scan}
      </Button>
    </div>
  );
}
