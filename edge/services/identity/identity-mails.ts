import { sha256Hex } from '../../../shared/hex.ts';
import type { Services } from '../../context.ts';
import { describeError } from '../../log/describe-error.ts';
import type { MailContent } from '../../mail/port.ts';
import { alreadyRegisteredMail, resetMail, verificationMail } from '../../mail/templates.ts';
import type { Asker } from './asker.ts';
import { credentialState } from './credential-state.ts';
import { mailCounts } from './mail-counts.ts';
import { homeUrl, verificationLink } from '../../identity/verification-link.ts';

type Person = { id: string; email: string };

/** The mails of the identity library. All leave after the answer, so that its time does not tell whether one was sent. */
export function identityMails(services: Services, asker: Asker) {
  const { env, log, mailer, rateLimiter, waitUntil } = services;

  const send = async (kind: string, to: string, make: () => Promise<MailContent | null>) => {
    try {
      const content = await make();
      if (content === null) return;
      const { allowed } = await rateLimiter.check(await mailCounts(to, asker));
      if (!allowed) return log({ event: 'mail_withheld', kind });
      const idempotencyKey = `${kind}:${await sha256Hex(`${to}\n${content.text}`)}`;
      await mailer.send({ to, ...content, idempotencyKey });
    } catch (error) {
      log({ event: 'mail_not_sent', kind, ...describeError(error) });
    }
  };
  const later = (kind: string, to: string, make: () => Promise<MailContent | null>): void =>
    waitUntil(send(kind, to, make));

  return {
    /** To a user who has not confirmed their address; nothing to anybody else. */
    verification: (user: Person, callbackUrl: string | undefined): void =>
      later('verification', user.email, async () => {
        const state = await credentialState({ services, userId: user.id });
        if (state === null || !state.isActive || state.emailVerified) return null;
        const { passwordHash } = state;
        const { email } = user;
        return verificationMail({
          url: await verificationLink(env, { email, passwordHash, callbackUrl }),
        });
      }),

    /** To the owner of an address that was signed up with again: another link, or a notice once it is confirmed. */
    signedUpAgain: (user: Person, callbackUrl: string | undefined): void =>
      later('signed-up-again', user.email, async () => {
        const state = await credentialState({ services, userId: user.id });
        if (state === null || !state.isActive) return null;
        if (state.emailVerified) return alreadyRegisteredMail({ url: homeUrl(env) });
        const { passwordHash } = state;
        const { email } = user;
        return verificationMail({
          url: await verificationLink(env, { email, passwordHash, callbackUrl }),
        });
      }),

    reset: (user: Person, token: string, redirectTo: string | null): void =>
      later('reset', user.email, async () => {
        const url = new URL(redirectTo ?? 'reset-password', homeUrl(env));
        url.searchParams.set('token', token);
        return resetMail({ url: url.href });
      }),
  };
}
