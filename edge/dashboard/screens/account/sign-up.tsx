import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, type ReactElement, useState } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { Button } from '../../components/button.tsx';
import { Input } from '../../components/field.tsx';
import { ErrorNote, FormError } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { AccountFrame, Note } from './frame.tsx';
import { CONFIRMED, methodsQuery, reasonOf, resendMail, signUp } from './identity.ts';
import { OtherWays } from './other-ways.tsx';

const LEADS = {
  open: t.account.signUpLead,
  invited: t.account.invitedOnly,
  closed: t.account.signUpClosed,
} as const;

export function SignUp(): ReactElement {
  const { data: methods } = useQuery(methodsQuery);
  const [person, setPerson] = useState({ name: '', email: '', password: '' });
  const creating = useMutation({
    mutationFn: () => signUp({ ...person, callbackURL: CONFIRMED }),
  });
  if (creating.isSuccess) return <CheckMail email={person.email} />;
  const fields = fieldErrors(creating.error);
  const reason = reasonOf(creating.error);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    creating.mutate();
  };
  const input = (name: keyof typeof person) => ({
    name,
    required: true,
    value: person[name],
    error: fields[name],
    onChange: (event: { target: { value: string } }) =>
      setPerson({ ...person, [name]: event.target.value }),
  });
  return (
    <AccountFrame
      title={t.account.signUpTitle}
      lead={methods === undefined ? t.account.signUpLead : LEADS[methods.signUp]}
      below={
        <>
          {t.account.hasAccount}{' '}
          <Link to="/sign-in" className="font-medium text-accent underline underline-offset-2">
            {t.account.signIn}
          </Link>
        </>
      }
    >
      <form onSubmit={submit} noValidate className="grid gap-4">
        <Input label={t.account.name} autoComplete="name" {...input('name')} />
        <Input label={t.account.email} type="email" autoComplete="username" {...input('email')} />
        <Input
          label={t.account.password}
          type="password"
          autoComplete="new-password"
          hint={t.account.passwordHint}
          {...input('password')}
        />
        <FormError error={creating.error} shown={Object.keys(person)} message={reason} />
        <Button type="submit" look="primary" isBusy={creating.isPending} className="min-h-9">
          {t.account.signUp}
        </Button>
      </form>
      <OtherWays />
    </AccountFrame>
  );
}

function CheckMail({ email }: { email: string }): ReactElement {
  const resending = useMutation({ mutationFn: () => resendMail(email) });
  return (
    <AccountFrame
      title={t.account.checkMail}
      lead={t.account.checkMailLead(email)}
      below={t.account.checkMailLocal}
    >
      {resending.isSuccess && <Note>{t.account.resent}</Note>}
      {resending.error !== null && <ErrorNote error={resending.error} />}
      <div className="flex gap-2">
        <Button isBusy={resending.isPending} onClick={() => resending.mutate()}>
          {t.account.resend}
        </Button>
      </div>
    </AccountFrame>
  );
}
