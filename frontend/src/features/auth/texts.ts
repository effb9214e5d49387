// What the sign-in and registration pages say.

export const texts = {
  signIn: {
    title: "Welcome back",
    lead: "Sign in to go on with your conversations.",
    submit: "Sign in",
    other: "New to Parley?",
    otherLink: "Create an account",
    ended: "Your session has ended. Sign in again to go on where you were; what you typed is kept.",
  },
  register: {
    title: "Create your account",
    lead: "A place of your own to think with any model.",
    submit: "Create account",
    other: "Already have an account?",
    otherLink: "Sign in",
  },
  fields: {
    username: "Username",
    usernameHint: "3 to 64 letters, digits or . _ @ + -",
    password: "Password",
    newPasswordHint: "At least 8 characters. A short sentence works well.",
    email: "E-mail",
    displayName: "Display name",
  },
  checks: {
    usernameMissing: "Enter your username.",
    usernameShape: "Use 3 to 64 letters, digits or . _ @ + -",
    passwordMissing: "Enter your password.",
    passwordShort: "Use at least 8 characters.",
    passwordLong: "Use at most 128 characters.",
    emailShape: "This does not look like an e-mail address.",
    displayNameLong: "Use at most 100 characters.",
  },
};
