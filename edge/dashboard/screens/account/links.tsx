import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactElement, useEffect } from 'react';
import { api, ask } from '../../api/client.ts';
import { ApiError } from '../../api/errors.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { ErrorNote } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { AccountFrame } from './frame.tsx';
import { signInByLink } from './identity.ts';

/** Signs in by a link that is good once. Its token stands behind the #, which no server logs. */
export function SignInByLink(): ReactElement {
  const navigate = useNavigate();
  const client = useQueryClient();
  const { mutate, error } = useMutation({
    mutationFn: signInByLink,
    onSuccess: async () => {
      client.clear();
      await navigate({ to: '/', replace: true });
    },
  });
  useEffect(() => {
    const token = window.location.hash.slice(1);
    // Out of the address bar, the history and screenshots; a second run of this effect finds none.
    window.history.replaceState(null, '', window.location.pathname);
    if (token !== '') mutate(token);
  }, [mutate]);
  if (error === null) return <AccountFrame title={t.account.linkTitle}>{null}</AccountFrame>;
  return (
    <AccountFrame title={t.account.linkFailed} lead={t.account.linkFailedLead}>
      <Link to="/sign-in" className={buttonClass('primary')}>
        {t.account.signIn}
      </Link>
    </AccountFrame>
  );
}

/** Joins the workspace that a mailed invitation is for. Needs a login of the invited address. */
export function AcceptInvitation(): ReactElement {
  const { token } = useSearch({ from: '/invitations' });
  const navigate = useNavigate();
  const client = useQueryClient();
  const joining = useMutation({
    mutationFn: async () => {
      const joined = await ask(
        api.POST('/v1/invitations/accept', { body: { token: token ?? '' } }),
      );
      await ask(api.PATCH('/v1/me', { body: { workspaceId: joined.workspaceId } }));
    },
    onSuccess: async () => {
      client.clear();
      await navigate({ to: '/' });
    },
  });
  if (joining.error instanceof ApiError && joining.error.status === 401)
    return (
      <AccountFrame title={t.account.invitationTitle} lead={t.account.invitationSignIn}>
        <Link
          to="/sign-in"
          search={{ next: `/invitations?token=${encodeURIComponent(token ?? '')}` }}
          className={buttonClass('primary')}
        >
          {t.account.signIn}
        </Link>
        <Link to="/sign-up" className={buttonClass('plain')}>
          {t.account.signUp}
        </Link>
      </AccountFrame>
    );
  return (
    <AccountFrame title={t.account.invitationTitle} lead={t.account.invitationLead}>
      {joining.error !== null && <ErrorNote error={joining.error} />}
      <Button
        look="primary"
        className="min-h-9"
        isBusy={joining.isPending}
        onClick={() => joining.mutate()}
      >
        {t.account.invitationAccept}
      </Button>
    </AccountFrame>
  );
}
