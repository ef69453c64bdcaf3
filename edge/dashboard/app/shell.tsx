import { useQuery } from '@tanstack/react-query';
import { Outlet, useNavigate } from '@tanstack/react-router';
import { type ReactElement, Suspense, useDeferredValue, useEffect } from 'react';
import { BASE_PATH } from '../api/base-path.ts';
import { ApiError } from '../api/errors.ts';
import { meQuery } from '../api/me.ts';
import { useRealtime } from '../api/realtime.ts';
import { ErrorNote, Loading, Splash } from '../components/states.tsx';
import { t } from '../messages/en.ts';
import { BottomBar, Rail } from './navigation.tsx';
import { PersonMenu } from './person-menu.tsx';
import { SearchButton } from './search-button.tsx';
import { WorkspaceSwitcher } from './workspace-switcher.tsx';

/** What stands around every screen of somebody who is signed in. */
export function Shell(): ReactElement {
  const { data, error, refetch } = useQuery(meQuery);
  // The whole page comes with the first answer: it is built in slices, between which the browser can paint and take input.
  const isKnown = useDeferredValue(data !== undefined);
  const me = isKnown ? data : undefined;
  useRealtime(me?.workspaceId);
  const navigate = useNavigate();
  const isSignedOut = error instanceof ApiError && error.status === 401;
  useEffect(() => {
    if (!isSignedOut) return;
    const { pathname, search } = window.location;
    const next = pathname.slice(BASE_PATH.length) + search;
    void navigate({ to: '/sign-in', search: next === '/' ? {} : { next }, replace: true });
  }, [isSignedOut, navigate]);
  if (me === undefined || isSignedOut)
    return error === null || isSignedOut ? (
      <Splash />
    ) : (
      <main className="mx-auto max-w-xl px-4 py-20">
        <ErrorNote error={error} onRetry={() => void refetch()} />
      </main>
    );
  return (
    <div className="sm:grid sm:min-h-dvh sm:grid-cols-[14rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-surface px-3 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {t.shell.skip}
      </a>
      <aside className="sticky top-0 z-20 flex items-center justify-between gap-2 border-b bg-canvas p-2 sm:h-dvh sm:flex-col sm:items-stretch sm:justify-start sm:border-r sm:border-b-0 sm:p-3">
        <WorkspaceSwitcher me={me} />
        <SearchButton me={me} />
        <Rail me={me} />
        <div className="sm:mt-auto">
          <PersonMenu me={me} />
        </div>
      </aside>
      <main id="content" tabIndex={-1} className="min-w-0 pb-20 outline-none sm:pb-0">
        <Suspense fallback={<Loading />}>
          <Outlet key={me.workspaceId} />
        </Suspense>
      </main>
      <BottomBar me={me} />
    </div>
  );
}
