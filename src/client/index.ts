export { createClient } from './create-client.ts';
export { PortcullisError, refusalOf } from './portcullis-error.ts';
export type { Role, Session, SessionEndReason, User } from './session.ts';
export type {
  Attempt,
  Challenge,
  ClientEvents,
  ClientOptions,
  ClientState,
  Ending,
  LoginInput,
  PortcullisClient,
  RefreshTokenStorage,
  RegisterInput,
  TypedDocument,
} from './types.ts';
