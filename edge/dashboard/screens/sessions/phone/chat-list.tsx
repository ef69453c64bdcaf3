import { type FormEvent, type ReactElement, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { Input } from '../../../components/field.tsx';
import { Icon } from '../../../components/icon.tsx';
import { Ago } from '../../../components/time.tsx';
import { t } from '../../../messages/en.ts';
import { numberOf, type PhoneChat, type PhoneState } from './phone-state.ts';

const text = t.phone;

type Open = (chat: { id: string; name: string }) => void;

export function ChatList({ phone, onOpen }: { phone: PhoneState; onOpen: Open }): ReactElement {
  return (
    <>
      <header className="flex items-baseline justify-between gap-3 border-b px-5 py-3">
        <h2 className="truncate text-lg font-semibold">{phone.name}</h2>
        <span className="font-mono text-xs text-muted">+{phone.account}</span>
      </header>
      <ul className="min-h-0 flex-1 divide-y overflow-y-auto">
        {phone.chats.map((chat) => (
          <li key={chat.id}>
            <ChatRow chat={chat} last={lastOf(phone, chat.id)} onOpen={onOpen} />
          </li>
        ))}
        {phone.chats.length === 0 && (
          <li className="px-5 py-10 text-center text-muted">{text.noChats}</li>
        )}
      </ul>
      <NewPerson onOpen={onOpen} />
    </>
  );
}

function lastOf(phone: PhoneState, chatId: string): string {
  const last = phone.messages.findLast(({ chat }) => chat === chatId);
  if (last === undefined) return '';
  return last.text === '' ? (text.kinds[last.type] ?? last.type) : last.text;
}

const ChatRow = ({
  chat,
  last,
  onOpen,
}: {
  chat: PhoneChat;
  last: string;
  onOpen: Open;
}): ReactElement => (
  <button
    type="button"
    onClick={() => onOpen(chat)}
    className="flex w-full items-center gap-3 px-4 py-2.5 text-left hover:bg-raised focus-visible:-outline-offset-2"
  >
    <span className="grid size-10 shrink-0 place-items-center rounded-full bg-raised text-muted">
      <Icon name={chat.isGroup ? 'people' : 'person'} />
    </span>
    <span className="grid min-w-0 flex-1">
      <span className="truncate font-medium">{chat.name}</span>
      <span className="truncate text-sm text-muted">{last}</span>
    </span>
    <span className="grid justify-items-end gap-1 text-xs text-muted">
      {chat.at > 0 && <Ago at={new Date(chat.at).toISOString()} />}
      {chat.unread > 0 && (
        <span className="rounded-full bg-accent px-1.5 text-on-accent">
          {chat.unread}
          <span className="sr-only"> {text.unread}</span>
        </span>
      )}
    </span>
  </button>
);

/** Anybody can write: a number is all that it takes. */
function NewPerson({ onOpen }: { onOpen: Open }): ReactElement {
  const [number, setNumber] = useState('');
  const digits = number.replace(/\D/g, '');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (digits !== '') onOpen({ id: `${digits}@c.us`, name: `+${numberOf(digits)}` });
  };
  return (
    <form onSubmit={submit} className="flex items-end gap-2 border-t p-3">
      <div className="min-w-0 flex-1">
        <Input
          label={text.newPerson}
          inputMode="tel"
          autoComplete="off"
          placeholder="+1 555 010 0042"
          value={number}
          onChange={(event) => setNumber(event.target.value)}
        />
      </div>
      <Button type="submit" className="min-h-9" disabled={digits.length < 7}>
        {text.newChat}
      </Button>
    </form>
  );
}
