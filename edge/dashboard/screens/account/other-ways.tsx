import { useMutation, useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { Button } from '../../components/button.tsx';
import { ErrorNote } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { methodsQuery, startGoogle, startSupabase } from './identity.ts';

/** Ways to sign in beside a password, where this deployment has some. */
export function OtherWays({ next = '/' }: { next?: string | undefined }): ReactElement | null {
  const { data: methods } = useQuery(methodsQuery);
  const leaving = useMutation({ mutationFn: () => startGoogle(next) });
  if (methods === undefined || (!methods.google && methods.supabase.length === 0)) return null;
  return (
    <section aria-label={t.account.otherWays} className="grid gap-2">
      <p className="flex items-center gap-3 text-sm text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        {t.account.or}
      </p>
      {leaving.error !== null && <ErrorNote error={leaving.error} />}
      {methods.google && (
        <Button
          className="min-h-9"
          isBusy={leaving.isPending || leaving.isSuccess}
          onClick={() => leaving.mutate()}
        >
          {t.account.continueWith(t.account.providers['google'] ?? '')}
        </Button>
      )}
      {methods.supabase.map(({ provider, url }) => (
        <Button key={provider} className="min-h-9" onClick={() => startSupabase(url, next)}>
          {t.account.continueWith(t.account.providers[provider] ?? provider)}
        </Button>
      ))}
    </section>
  );
}
