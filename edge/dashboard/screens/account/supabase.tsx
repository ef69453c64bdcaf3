import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { buttonClass } from '../../components/button.tsx';
import { ErrorNote } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { AccountFrame } from './frame.tsx';
import { begunAtSupabase, endSupabase, exchangeSupabase, reasonOf } from './identity.ts';

/**
 * Where Supabase sends the browser back to, with a token behind the #, which no server logs. It counts only in the tab that
 * began: a stranger's link would otherwise sign one in to the stranger's account.
 */
export function SignInWithSupabase(): ReactElement {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [{ token, next }] = useState(() => ({
    token: new URLSearchParams(window.location.hash.slice(1)).get('access_token'),
    next: begunAtSupabase(),
  }));
  const { mutate, error } = useMutation({
    mutationFn: exchangeSupabase,
    onSuccess: async () => {
      client.clear();
      await navigate({ href: next ?? '/', replace: true });
    },
  });
  const isGood = token !== null && next !== null;
  const isSent = useRef(false);
  useEffect(() => {
    // Out of the address bar, the history and screenshots.
    window.history.replaceState(null, '', window.location.pathname);
    endSupabase();
    if (isSent.current || token === null || next === null) return;
    isSent.current = true;
    mutate(token);
  }, [mutate, token, next]);
  if (isGood && error === null)
    return <AccountFrame title={t.account.linkTitle}>{null}</AccountFrame>;
  return (
    <AccountFrame title={t.account.notSignedIn}>
      <ErrorNote error={error} message={isGood ? reasonOf(error) : t.account.beginAgain} />
      <Link to="/sign-in" className={buttonClass('primary')}>
        {t.account.backToSignIn}
      </Link>
    </AccountFrame>
  );
}
