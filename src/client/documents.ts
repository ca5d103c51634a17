const USER = 'user{id email displayName roles status createdAt}';
const SESSION =
  'session{id createdAt lastSeenAt authenticatedAt idleExpiresAt expiresAt ipAddress userAgent deviceName}';

/** A mutation that answers with an access token, whatever its name, as `grant`. */
function granting(field: string, type: string, argument = 'input'): string {
  return `mutation ${field}($input:${type}){grant:${field}(${argument}:$input){accessToken expiresIn refreshToken ${USER} ${SESSION}}}`;
}

export const REFRESH = granting('refresh', 'RefreshInput');
export const LOGIN = granting('login', 'LoginInput!');
export const REGISTER = granting('register', 'RegisterInput!');
export const REAUTHENTICATE = granting('reauthenticate', 'String!', 'password');
export const CHANGE_PASSWORD = granting('changePassword', 'ChangePasswordInput!');
export const LOGOUT = 'mutation logout($input:LogoutInput){logout(input:$input){ended}}';
