// What can be said about a form before the server is asked. The server decides.

import * as z from "zod/mini";
import { texts } from "./texts";

const { checks } = texts;

export const signInSchema = z.object({
  username: z.string().check(z.trim(), z.minLength(1, checks.usernameMissing)),
  password: z.string().check(z.minLength(1, checks.passwordMissing)),
});

export const registerSchema = z.object({
  username: z.string().check(z.trim(), z.regex(/^[\p{L}\p{N}._@+-]{3,64}$/u, checks.usernameShape)),
  email: z.string().check(z.trim(), z.regex(/^$|^[^\s@]+@[^\s@]+$/, checks.emailShape)),
  display_name: z.string().check(z.trim(), z.maxLength(100, checks.displayNameLong)),
  password: z.string().check(z.minLength(8, checks.passwordShort), z.maxLength(128, checks.passwordLong)),
});

export type SignInForm = z.infer<typeof signInSchema>;
export type RegisterForm = z.infer<typeof registerSchema>;
