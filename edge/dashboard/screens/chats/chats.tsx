import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { clsx } from 'clsx';
import type { ReactElement } from 'react';
import { Icon } from '../../components/icon.tsx';
import { LiveNote } from '../../components/live-note.tsx';
import { Page } from '../../components/page.tsx';
import { PagedList } from '../../components/paged-list.tsx';
import { NotOnline, SessionSelect, useSession } from '../../components/session-select.tsx';
import { ShowCall } from '../../components/show-call.tsx';
import { Empty, Loading } from '../../components/states.tsx';
import { Ago } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';
import { Conversation } from './conversation.tsx';
import { type Chat, chatsQuery } from './queries.ts';

const text = t.chats;

/** The chats of one number, and one of them open: to try things, not to work in all day. */
export function Chats(): ReactElement {
  const { sessionId, chat } = useSearch({ from: '/shell/chats' });
  const { session, sessions } = useSession(sessionId);
  const navigate = useNavigate();
  const path = chat === undefined ? '' : `/${chat}/messages`;
  return (
    <Page
      title={text.title}
      lead={
        <>
          {text.lead} <LiveNote />
        </>
      }
      actions={
        <ShowCall
          calls={[{ method: 'GET', path: `/v1/chats${path}?sessionId=${session?.name ?? ''}` }]}
        />
      }
    >
      {sessions === undefined && <Loading />}
      {sessions !== undefined && session !== undefined && (
        <div className="max-w-sm">
          <SessionSelect
            sessions={sessions}
            value={session.id}
            onChoose={(id) => void navigate({ to: '/chats', search: { sessionId: id } })}
          />
        </div>
      )}
      {sessions !== undefined && session?.status !== 'online' && <NotOnline session={session} />}
      {session?.status === 'online' && (
        <div className="grid grid-cols-[minmax(0,1fr)] overflow-hidden rounded-lg border bg-surface md:h-[36rem] md:grid-cols-[20rem_minmax(0,1fr)]">
          <section
            aria-label={text.title}
            className={clsx(
              'min-h-0 overflow-y-auto md:block md:border-r',
              chat !== undefined && 'hidden',
            )}
          >
            <ChatList sessionId={session.id} current={chat} />
          </section>
          {chat === undefined ? (
            <p className="hidden place-content-center text-muted md:grid">{text.choose}</p>
          ) : (
            <Conversation key={`${session.id} ${chat}`} sessionId={session.id} id={chat} />
          )}
        </div>
      )}
    </Page>
  );
}

function ChatList({
  sessionId,
  current,
}: {
  sessionId: string;
  current: string | undefined;
}): ReactElement {
  const list = useInfiniteQuery(chatsQuery(sessionId));
  return (
    <div className="grid gap-3 p-2">
      <PagedList list={list} empty={<Empty title={text.empty}>{text.emptyLead}</Empty>}>
        {(chats) => (
          <ul className="grid gap-px">
            {chats.map((chat) => (
              <li key={chat.id}>
                <ChatLink sessionId={sessionId} chat={chat} isCurrent={chat.id === current} />
              </li>
            ))}
          </ul>
        )}
      </PagedList>
    </div>
  );
}

const ChatLink = ({
  sessionId,
  chat,
  isCurrent,
}: {
  sessionId: string;
  chat: Chat;
  isCurrent: boolean;
}): ReactElement => (
  <Link
    to="/chats"
    search={{ sessionId, chat: chat.id }}
    aria-current={isCurrent ? 'true' : undefined}
    className={clsx(
      'flex min-h-12 items-center gap-3 rounded-md px-3 py-2 hover:bg-raised',
      isCurrent && 'bg-raised',
    )}
  >
    <span className="text-muted">
      <Icon name={chat.type === 'person' ? 'person' : 'people'} />
    </span>
    <span className="grid min-w-0 flex-1">
      <span className="truncate font-medium">{chat.name ?? chat.id}</span>
      <span className="truncate font-mono text-xs text-muted">{chat.id}</span>
    </span>
    <span className="grid justify-items-end gap-0.5 text-xs text-muted">
      {chat.lastMessageAt !== null && <Ago at={chat.lastMessageAt} />}
      {chat.unreadCount > 0 && (
        <span className="rounded-full bg-accent px-1.5 text-on-accent">
          {chat.unreadCount}
          <span className="sr-only"> {text.unread}</span>
        </span>
      )}
    </span>
  </Link>
);
