import type { App } from '../../http/app.ts';
import { requireJson } from '../../middleware/accept-body.ts';
import { checkJson } from '../../middleware/check-json.ts';
import { callbackGoogle } from './callback-google.ts';
import { changePassword } from './change-password.ts';
import { createToken } from './create-token.ts';
import { exchangeSupabase } from './exchange-supabase.ts';
import { getAuthSession } from './get-session.ts';
import { limitAuthBody, limitByCaller, refuseForeignPages } from './guard.ts';
import { listAuthSessions } from './list-sessions.ts';
import { requestPasswordReset } from './request-password-reset.ts';
import { resetPassword } from './reset-password.ts';
import { revokeSessions } from './revoke-sessions.ts';
import { sendVerificationEmail } from './send-verification-email.ts';
import { signInEmail } from './sign-in-email.ts';
import { signInByLink } from './sign-in-link.ts';
import { listSignInMethods } from './sign-in-methods.ts';
import { signInSocial } from './sign-in-social.ts';
import { signOut } from './sign-out.ts';
import { signUpEmail } from './sign-up-email.ts';
import { verifyEmail } from './verify-email.ts';

/** Every path of the identity library that is open; what is not here is not found. */
export function registerAuth(app: App): void {
  listSignInMethods(app);
  // Has the credential middleware and its limits instead of what follows.
  createToken(app);
  app.use('/auth/*', refuseForeignPages, limitByCaller, limitAuthBody, requireJson, checkJson);
  signUpEmail(app);
  verifyEmail(app);
  sendVerificationEmail(app);
  signInEmail(app);
  signInByLink(app);
  signInSocial(app);
  callbackGoogle(app);
  getAuthSession(app);
  listAuthSessions(app);
  signOut(app);
  revokeSessions(app);
  requestPasswordReset(app);
  resetPassword(app);
  changePassword(app);
  exchangeSupabase(app);
}
