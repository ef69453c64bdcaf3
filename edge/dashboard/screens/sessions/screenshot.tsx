import { useMutation } from '@tanstack/react-query';
import { type ReactElement, useEffect } from 'react';
import { BASE_PATH } from '../../api/base-path.ts';
import { ApiError, errorOf } from '../../api/errors.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/page.tsx';
import { ErrorNote } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';

const text = t.sessions.screenshot;

async function take(id: string): Promise<string> {
  const response = await fetch(`${BASE_PATH}/v1/sessions/${id}/screenshot`).catch(
    (cause: unknown) => {
      throw new ApiError({ status: 0, code: 'OFFLINE', message: '', cause });
    },
  );
  if (!response.ok) throw errorOf(response.status, await response.json().catch(() => null));
  const bytes = await response.blob();
  // The policy of the page lets it show data, and no addresses of blobs.
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () =>
      typeof reader.result === 'string' ? resolve(reader.result) : reject(new Error('no picture')),
    );
    reader.addEventListener('error', () => reject(new Error('no picture')));
    reader.readAsDataURL(bytes);
  });
}

/** What the session's page looks like now, where its status does not explain enough. */
export function Screenshot({ id }: { id: string }): ReactElement {
  const { mutate, reset, ...taking } = useMutation({ mutationFn: () => take(id) });
  useEffect(() => reset, [id, reset]);
  return (
    <Card
      title={text.title}
      actions={
        <Button isBusy={taking.isPending} onClick={() => mutate()}>
          {taking.data === undefined ? text.take : text.again}
        </Button>
      }
    >
      {taking.error !== null && <ErrorNote error={taking.error} />}
      {taking.data === undefined ? (
        <p className="text-muted">{taking.isPending ? text.taking : text.lead}</p>
      ) : (
        <img src={taking.data} alt={text.alt} className="w-full rounded-md border" />
      )}
    </Card>
  );
}
