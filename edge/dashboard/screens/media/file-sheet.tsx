import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { api, ask } from '../../api/client.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { Copyable } from '../../components/copy.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Facts } from '../../components/facts.tsx';
import { Icon } from '../../components/icon.tsx';
import { bytes } from '../../components/numbers.ts';
import { Empty, ErrorNote, Loading } from '../../components/states.tsx';
import { Exact } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';
import { nameOf } from './file-table.tsx';
import { linkQuery, type StoredFile } from './queries.ts';

const text = t.media;

export function FileSheet({
  file,
  onClose,
}: {
  file: StoredFile | undefined;
  onClose: () => void;
}): ReactElement {
  if (file === undefined)
    return (
      <Dialog as="sheet" title={text.title} onClose={onClose}>
        <Empty title={t.errors.notFound}>{t.errors.notFoundLead}</Empty>
      </Dialog>
    );
  return <Opened file={file} onClose={onClose} />;
}

function Opened({ file, onClose }: { file: StoredFile; onClose: () => void }): ReactElement {
  const { data: link, error } = useQuery(linkQuery(file.id));
  const [isAsked, setAsked] = useState(false);
  const client = useQueryClient();
  const deleting = useMutation({
    mutationFn: () => ask(api.DELETE('/v1/media/{id}', { params: { path: { id: file.id } } })),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: ['media', 'list'] });
    },
  });
  return (
    <Dialog as="sheet" title={nameOf(file)} onClose={onClose}>
      {error !== null && <ErrorNote error={error} />}
      {link === undefined && error === null && <Loading />}
      {link !== undefined && <Preview file={file} url={pathOf(link.url)} />}
      <Facts
        columns={1}
        facts={[
          [text.id, <Copyable key="id" text={file.id} label={t.common.copy(text.id)} />],
          [text.columns.type, file.mimetype],
          [text.columns.size, bytes(file.sizeBytes)],
          [
            text.sha256,
            <Copyable key="sum" text={file.sha256} label={t.common.copy(text.sha256)} />,
          ],
          [text.columns.created, <Exact key="created" at={file.createdAt} />],
          [text.columns.gone, <Exact key="gone" at={file.expiresAt} />],
          ...(link === undefined
            ? []
            : [
                [
                  text.linkReady,
                  <Copyable key="link" text={link.url} label={text.link} />,
                ] as const,
              ]),
        ]}
      />
      {deleting.error !== null && <ErrorNote error={deleting.error} />}
      {isAsked && <p className="rounded-md bg-bad-soft px-4 py-3 text-bad">{text.deleteLead}</p>}
      <div className="flex flex-wrap justify-end gap-2">
        {link !== undefined && (
          <a
            href={pathOf(link.url)}
            download={file.filename ?? file.id}
            className={buttonClass('plain')}
          >
            <Icon name="download" />
            {text.download}
          </a>
        )}
        <Button
          look={isAsked ? 'danger' : 'plain'}
          isBusy={deleting.isPending}
          onClick={() => (isAsked ? deleting.mutate() : setAsked(true))}
        >
          <Icon name="trash" />
          {text.delete}
        </Button>
      </div>
    </Dialog>
  );
}

/** Links name the public address; behind another one, the same path works as well. */
const pathOf = (url: string): string => {
  const { pathname, search } = new URL(url, window.location.href);
  return pathname + search;
};

function Preview({ file, url }: { file: StoredFile; url: string }): ReactElement {
  const name = text.preview(nameOf(file));
  const look = 'max-h-96 w-full rounded-md border bg-raised object-contain';
  if (file.mimetype.startsWith('image/')) return <img src={url} alt={name} className={look} />;
  if (file.mimetype.startsWith('video/'))
    return <video src={url} aria-label={name} controls className={look} />;
  if (file.mimetype.startsWith('audio/'))
    return <audio src={url} aria-label={name} controls className="w-full" />;
  return (
    <p className="rounded-md border bg-raised px-4 py-10 text-center text-muted">
      {text.noPreview}
    </p>
  );
}
