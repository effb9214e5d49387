// What can be said about the account forms before the server is asked.

import * as z from "zod/mini";
import { texts } from "./texts";

const { checks } = texts;

export const profileSchema = z.object({
  display_name: z.string().check(z.trim(), z.maxLength(100, checks.displayNameLong)),
  email: z.string().check(z.trim(), z.regex(/^$|^[^\s@]+@[^\s@]+$/, checks.emailShape)),
});

export const passwordSchema = z.object({
  current_password: z.string().check(z.minLength(1, checks.currentMissing)),
  new_password: z.string().check(z.minLength(8, checks.nextShort), z.maxLength(128, checks.nextLong)),
});

export type ProfileForm = z.infer<typeof profileSchema>;
export type PasswordForm = z.infer<typeof passwordSchema>;
