import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, type ReactElement, useState } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { Button } from '../../components/button.tsx';
import { Input } from '../../components/field.tsx';
import { FormError } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { AccountFrame, Note } from './frame.tsx';
import { reasonOf, requestReset, resetPassword } from './identity.ts';

const backToSignIn = (
  <Link to="/sign-in" className="font-medium text-accent underline underline-offset-2">
    {t.account.backToSignIn}
  </Link>
);

export function ForgotPassword(): ReactElement {
  const [email, setEmail] = useState('');
  const sending = useMutation({ mutationFn: () => requestReset(email) });
  const fields = fieldErrors(sending.error);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    sending.mutate();
  };
  return (
    <AccountFrame title={t.account.forgotTitle} lead={t.account.forgotLead} below={backToSignIn}>
      {sending.isSuccess && <Note>{t.account.forgotSent(email)}</Note>}
      <form onSubmit={submit} noValidate className="grid gap-4">
        <Input
          label={t.account.email}
          type="email"
          autoComplete="username"
          required
          value={email}
          error={fields['email']}
          onChange={(event) => setEmail(event.target.value)}
        />
        <FormError error={sending.error} shown={['email']} />
        <Button type="submit" look="primary" isBusy={sending.isPending} className="min-h-9">
          {t.account.forgotSend}
        </Button>
      </form>
    </AccountFrame>
  );
}

export function ResetPassword(): ReactElement {
  const { token } = useSearch({ from: '/reset-password' });
  const [password, setPassword] = useState('');
  const navigate = useNavigate();
  const setting = useMutation({
    mutationFn: (linked: string) => resetPassword({ token: linked, newPassword: password }),
    onSuccess: () => navigate({ to: '/sign-in', search: { reset: true } }),
  });
  const fields = fieldErrors(setting.error);
  const reason = reasonOf(setting.error);
  if (token === undefined)
    return (
      <AccountFrame title={t.account.resetTitle} lead={t.account.resetNoToken} below={backToSignIn}>
        {null}
      </AccountFrame>
    );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setting.mutate(token);
  };
  return (
    <AccountFrame title={t.account.resetTitle} below={backToSignIn}>
      <form onSubmit={submit} noValidate className="grid gap-4">
        <Input
          label={t.account.newPassword}
          type="password"
          autoComplete="new-password"
          required
          hint={t.account.passwordHint}
          value={password}
          error={fields['newPassword']}
          onChange={(event) => setPassword(event.target.value)}
        />
        <FormError error={setting.error} shown={['newPassword']} message={reason} />
        <Button type="submit" look="primary" isBusy={setting.isPending} className="min-h-9">
          {t.account.resetSubmit}
        </Button>
      </form>
    </AccountFrame>
  );
}
