import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { type FormEvent, type ReactElement, useEffect, useRef, useState } from 'react';
import { Button, buttonClass } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy.tsx';
import { Icon } from '../../components/icon.tsx';
import { PagedList } from '../../components/paged-list.tsx';
import { ErrorNote } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { type HistoryMessage, historyQuery, useAnswer, useSeen } from './queries.ts';

const text = t.chats;

/** One chat as the phone has it: with what was written there before, and on other devices. */
export function Conversation({ sessionId, id }: { sessionId: string; id: string }): ReactElement {
  const list = useInfiniteQuery(historyQuery(sessionId, id));
  const seen = useSeen(sessionId, id);
  const end = useRef<HTMLLIElement>(null);
  const newest = list.data?.pages[0]?.data[0]?.wireId;
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'nearest' });
  }, [newest]);
  return (
    <section aria-label={text.conversation(id)} className="flex min-h-0 flex-col">
      <header className="flex min-h-12 items-center gap-2 border-b px-3">
        <Link
          to="/chats"
          search={{ sessionId }}
          aria-label={text.back}
          className={buttonClass('quiet', 'px-2 md:hidden')}
        >
          <Icon name="back" />
        </Link>
        <span className="min-w-0 flex-1 truncate font-mono text-sm">{id}</span>
        <CopyButton text={id} label={t.common.copy(text.chatId)} />
        <Button look="quiet" isBusy={seen.isPending} onClick={() => seen.mutate()}>
          {text.markSeen}
        </Button>
      </header>
      <div
        // Scrolled by keys as well.
        tabIndex={0}
        role="region"
        aria-label={text.history}
        className="grid min-h-64 flex-1 content-start gap-3 overflow-y-auto bg-raised p-4"
      >
        <PagedList list={list} empty={<p className="text-center text-muted">{text.noMessages}</p>}>
          {(rows) => (
            <ol className="order-last grid gap-1.5">
              {rows.toReversed().map((message) => (
                <Bubble key={message.wireId} message={message} />
              ))}
              <li ref={end} aria-hidden="true" />
            </ol>
          )}
        </PagedList>
      </div>
      <Answer sessionId={sessionId} id={id} />
    </section>
  );
}

function Bubble({ message }: { message: HistoryMessage }): ReactElement {
  const { fromMe, from, type, hasMedia, sentAt } = message;
  const words = message.text ?? '';
  return (
    <li
      className={clsx(
        'grid w-fit max-w-[85%] gap-0.5 rounded-lg px-3 py-1.5',
        fromMe ? 'justify-self-end bg-good-soft' : 'bg-surface',
      )}
    >
      {!fromMe && from?.name != null && (
        <span className="text-xs font-medium text-accent">{from.name}</span>
      )}
      {(hasMedia || words === '') && <span className="text-sm text-muted">{type}</span>}
      <span className="wrap-anywhere whitespace-pre-wrap">{words}</span>
      <time dateTime={sentAt} title={sentAt} className="text-right text-xs text-muted">
        {new Date(sentAt).toLocaleString(t.locale, { dateStyle: 'short', timeStyle: 'short' })}
      </time>
    </li>
  );
}

function Answer({ sessionId, id }: { sessionId: string; id: string }): ReactElement {
  const [words, setWords] = useState('');
  const answering = useAnswer(sessionId, id);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (words.trim() !== '') answering.mutate(words, { onSuccess: () => setWords('') });
  };
  return (
    <form onSubmit={submit} className="grid gap-2 border-t p-3">
      {answering.error !== null && <ErrorNote error={answering.error} />}
      <div className="flex gap-2">
        <input
          aria-label={text.write}
          placeholder={text.write}
          autoComplete="off"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          className="min-h-9 w-full min-w-0 rounded-md border border-line-strong bg-surface px-3 pointer-coarse:min-h-11 pointer-coarse:text-lg"
        />
        <Button type="submit" look="primary" className="min-h-9" isBusy={answering.isPending}>
          {text.send}
        </Button>
      </div>
    </form>
  );
}
