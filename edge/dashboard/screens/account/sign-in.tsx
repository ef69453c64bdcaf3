import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, type ReactElement, useState } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { Button } from '../../components/button.tsx';
import { Input } from '../../components/field.tsx';
import { ErrorNote, FormError } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { AccountFrame, Note } from './frame.tsx';
import { reasonOf, signIn } from './identity.ts';
import { OtherWays } from './other-ways.tsx';

export function SignIn(): ReactElement {
  const { next, confirmed, from, error: failure, reset } = useSearch({ from: '/sign-in' });
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const navigate = useNavigate();
  const client = useQueryClient();
  const entering = useMutation({
    mutationFn: () => signIn({ email, password }),
    onSuccess: async () => {
      client.clear();
      await navigate({ href: next ?? '/' });
    },
  });
  const fields = fieldErrors(entering.error);
  const reason = reasonOf(entering.error);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    entering.mutate();
  };
  return (
    <AccountFrame
      title={t.account.signInTitle}
      below={
        <>
          {t.account.noAccount}{' '}
          <Link to="/sign-up" className="font-medium text-accent underline underline-offset-2">
            {t.account.signUp}
          </Link>
        </>
      }
    >
      {failure !== undefined && (
        <ErrorNote
          error={null}
          message={
            from === 'google'
              ? (t.account.reasons[failure] ?? t.account.googleFailed)
              : t.account.linkOver
          }
        />
      )}
      {failure === undefined && confirmed === true && <Note>{t.account.confirmed}</Note>}
      {reset === true && <Note>{t.account.resetDone}</Note>}
      <form onSubmit={submit} noValidate className="grid gap-4">
        <Input
          label={t.account.email}
          type="email"
          name="email"
          autoComplete="username"
          required
          value={email}
          error={fields['email']}
          onChange={(event) => setEmail(event.target.value)}
        />
        <Input
          label={t.account.password}
          type="password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          error={fields['password'] ?? reason}
          onChange={(event) => setPassword(event.target.value)}
        />
        {reason === undefined && <FormError error={entering.error} shown={['email', 'password']} />}
        <Button type="submit" look="primary" isBusy={entering.isPending} className="min-h-9">
          {t.account.signIn}
        </Button>
      </form>
      <Link to="/forgot-password" className="text-accent underline underline-offset-2">
        {t.account.forgot}
      </Link>
      <OtherWays next={next} />
    </AccountFrame>
  );
}
