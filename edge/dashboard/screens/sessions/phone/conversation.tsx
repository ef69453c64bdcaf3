import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { type ReactElement, useEffect, useRef } from 'react';
import { IconButton } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { Menu, MenuItem, MenuLabel } from '../../../components/menu.tsx';
import { t } from '../../../messages/en.ts';
import { Composer } from './composer.tsx';
import type { PhoneMessage, PhoneState } from './phone-state.ts';
import { messageIdsQuery, useAck } from './queries.ts';

const text = t.phone;
const TICKS: Readonly<Record<number, string>> = { 0: '◷', 1: '✓', 2: '✓✓', 3: '✓✓', 4: '✓✓' };
const ACKS = [1, 2, 3, 4, -1] as const;

type Props = {
  sessionId: string;
  phone: PhoneState;
  chat: { id: string; name: string; isGroup?: boolean };
  onBack: () => void;
};

export function Conversation({ sessionId, phone, chat, onBack }: Props): ReactElement {
  const messages = phone.messages.filter((message) => message.chat === chat.id);
  const end = useRef<HTMLLIElement>(null);
  const last = messages.at(-1)?.wireId;
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'nearest' });
  }, [last]);
  return (
    <>
      <header className="flex items-center gap-1 border-b py-1.5 pr-4 pl-2">
        <IconButton label={text.back} onClick={onBack}>
          <Icon name="back" />
        </IconButton>
        <h2 className="truncate font-semibold">{chat.name}</h2>
      </header>
      <ol
        aria-label={text.conversation(chat.name)}
        // Scrolled by keys as well.
        tabIndex={0}
        className="grid min-h-0 flex-1 content-start gap-1.5 overflow-y-auto bg-raised px-3 py-3"
      >
        {messages.map((message) => (
          <Bubble
            key={message.wireId}
            sessionId={sessionId}
            message={message}
            quoted={messages.find(({ wireId }) => wireId === message.quotedWireId)}
            isGroup={chat.isGroup === true}
          />
        ))}
        <li ref={end} aria-hidden="true" />
      </ol>
      <Composer sessionId={sessionId} chat={chat} people={peopleOf(messages)} />
    </>
  );
}

const peopleOf = (messages: readonly PhoneMessage[]): string[] => [
  ...new Set(messages.filter(({ fromMe }) => !fromMe).map(({ author }) => author)),
];

function Bubble({
  sessionId,
  message,
  quoted,
  isGroup,
}: {
  sessionId: string;
  message: PhoneMessage;
  quoted: PhoneMessage | undefined;
  isGroup: boolean;
}): ReactElement {
  const { fromMe, author, type, filename, reactions, at } = message;
  const kind = text.kinds[type];
  return (
    <li
      className={clsx(
        'grid w-fit max-w-[85%] gap-0.5 rounded-lg px-2.5 py-1.5',
        fromMe ? 'justify-self-end bg-good-soft' : 'bg-surface',
      )}
    >
      {isGroup && !fromMe && <span className="text-xs font-medium text-accent">+{author}</span>}
      {quoted !== undefined && (
        <span className="truncate border-l-2 border-accent pl-2 text-sm text-muted">
          {quoted.text}
        </span>
      )}
      {kind !== undefined && <span className="text-sm text-muted">{filename ?? kind}</span>}
      <span className="wrap-anywhere whitespace-pre-wrap">{message.text}</span>
      <span className="flex items-center justify-end gap-1.5 text-xs text-muted">
        {reactions.length > 0 && <span className="mr-auto text-sm">{reactions.join(' ')}</span>}
        <time dateTime={new Date(at).toISOString()}>
          {new Date(at).toLocaleTimeString(t.locale, { hour: '2-digit', minute: '2-digit' })}
        </time>
        {fromMe && <Ticks sessionId={sessionId} message={message} />}
      </span>
    </li>
  );
}

/** How far a message of ours has come; a click moves it on by hand. */
function Ticks({
  sessionId,
  message: { wireId, ack },
}: {
  sessionId: string;
  message: PhoneMessage;
}): ReactElement {
  const { data: ids } = useQuery(messageIdsQuery(sessionId));
  const acking = useAck(sessionId);
  const messageId = ids?.get(wireId);
  const word = text.acks[ack] ?? '';
  const shown = (
    <span className={clsx(ack >= 3 && 'font-semibold text-accent', ack < 0 && 'text-bad')}>
      <span aria-hidden="true">{ack < 0 ? '!' : TICKS[ack]}</span>
      <span className="sr-only">{word}</span>
    </span>
  );
  if (messageId === undefined) return shown;
  return (
    <Menu
      trigger={
        <button
          type="button"
          title={text.setAck}
          aria-label={text.ackOf(word)}
          className="-my-0.5 min-h-6 min-w-6 rounded-sm px-1 hover:bg-raised"
        >
          {shown}
        </button>
      }
    >
      <MenuLabel>{text.setAck}</MenuLabel>
      {ACKS.map((next) => (
        <MenuItem key={next} onSelect={() => acking.mutate({ messageId, ack: next })}>
          {text.acks[next]}
        </MenuItem>
      ))}
    </Menu>
  );
}
