import { type FormEvent, type ReactElement, useState } from 'react';
import type { Schemas } from '../../../api/client.ts';
import { IconButton } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { ErrorNote } from '../../../components/states.tsx';
import { t } from '../../../messages/en.ts';
import { numberOf } from './phone-state.ts';
import { useWrite } from './queries.ts';

const text = t.phone;
type Body = Schemas['ReceiveSandboxMessageBody'];

/** Writes as the other person; in a group as one of those who wrote there. */
export function Composer({
  sessionId,
  chat,
  people,
}: {
  sessionId: string;
  chat: { id: string; name: string };
  people: readonly string[];
}): ReactElement {
  const [words, setWords] = useState('');
  const [file, setFile] = useState<File>();
  const writing = useWrite(sessionId);
  const isGroup = chat.id.endsWith('@g.us');
  const from = isGroup ? (people[0] ?? '') : numberOf(chat.id);
  const isReady = from !== '' && (words.trim() !== '' || file !== undefined);
  const send = async (): Promise<void> => {
    const media = file === undefined ? {} : await mediaOf(file);
    await writing.mutateAsync({
      from,
      ...(isGroup && { chatId: chat.id }),
      ...(words !== '' && { text: words }),
      ...media,
    });
    setWords('');
    setFile(undefined);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    // What goes wrong is shown by `writing`.
    if (isReady) send().catch(() => undefined);
  };
  return (
    <form onSubmit={submit} className="grid gap-2 border-t p-2 pb-4">
      {writing.error !== null && <ErrorNote error={writing.error} />}
      {file !== undefined && <p className="truncate px-2 text-sm text-muted">{file.name}</p>}
      <div className="flex items-center gap-1">
        <label
          title={text.attach}
          className="inline-grid size-8 shrink-0 place-items-center rounded-md text-muted focus-within:outline-2 hover:bg-raised hover:text-ink pointer-coarse:size-11"
        >
          <Icon name="plus" />
          <span className="sr-only">{text.attach}</span>
          <input
            type="file"
            className="sr-only"
            onChange={(event) => setFile(event.target.files?.[0])}
          />
        </label>
        <input
          aria-label={text.writeAs(chat.name)}
          placeholder={text.writeAs(chat.name)}
          autoComplete="off"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          className="min-h-9 w-full min-w-0 rounded-full border border-line-strong bg-surface px-3 pointer-coarse:min-h-11 pointer-coarse:text-lg"
        />
        <IconButton label={text.send} type="submit" disabled={!isReady || writing.isPending}>
          <Icon name="send" />
        </IconButton>
      </div>
    </form>
  );
}

const KINDS: Readonly<Record<string, Body['type']>> = {
  image: 'image',
  video: 'video',
  audio: 'audio',
};

async function mediaOf(file: File): Promise<Pick<Body, 'type' | 'media'>> {
  const mimetype = file.type === '' ? 'application/octet-stream' : file.type;
  const bytes = new Uint8Array(await file.arrayBuffer());
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  const type = KINDS[mimetype.replace(/\/.*$/, '')] ?? 'document';
  return { type, media: { base64, mimetype, filename: file.name } };
}
