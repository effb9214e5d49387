// Creating an account, and being signed in to it at once.

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { register, signIn } from "@/api/auth-service";
import { showProblem } from "@/api/form-problem";
import type { Registration } from "@/api/types";
import { Button } from "@/components/button";
import { PasswordField, TextField } from "@/components/field";
import { Notice } from "@/components/notice";
import { AuthLayout } from "./auth-layout";
import { type RegisterForm, registerSchema } from "./schemas";
import { texts } from "./texts";

const FIELDS = ["username", "display_name", "email", "password"] as const;

export function RegisterPage() {
  const form = useForm<RegisterForm>({
    resolver: zodResolver(registerSchema),
    defaultValues: { username: "", display_name: "", email: "", password: "" },
  });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (values) => {
    try {
      await register(registrationFrom(values));
      await signIn(values.username, values.password);
    } catch (error) {
      showProblem(error, form.setError, FIELDS, {
        username_taken: "username",
        password_too_weak: "password",
      });
    }
  });

  return (
    <AuthLayout
      title={texts.register.title}
      lead={texts.register.lead}
      other={{ text: texts.register.other, link: texts.register.otherLink, to: "/sign-in" }}
    >
      <form onSubmit={submit} noValidate aria-label={texts.register.submit} className="flex flex-col gap-4">
        {errors.root && (
          <Notice tone="danger" isUrgent>
            {errors.root.message}
          </Notice>
        )}
        <TextField
          label={texts.fields.username}
          hint={texts.fields.usernameHint}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          error={errors.username?.message}
          {...form.register("username")}
        />
        <TextField
          label={texts.fields.displayName}
          isOptional
          autoComplete="name"
          error={errors.display_name?.message}
          {...form.register("display_name")}
        />
        <TextField
          label={texts.fields.email}
          isOptional
          type="email"
          autoComplete="email"
          error={errors.email?.message}
          {...form.register("email")}
        />
        <PasswordField
          label={texts.fields.password}
          hint={texts.fields.newPasswordHint}
          autoComplete="new-password"
          error={errors.password?.message}
          {...form.register("password")}
        />
        <Button type="submit" variant="primary" size="large" isBusy={isSubmitting} className="mt-2 w-full">
          {texts.register.submit}
        </Button>
      </form>
    </AuthLayout>
  );
}

/** Fields left empty are left out: an empty e-mail address is not an e-mail address. */
function registrationFrom({ username, password, email, display_name }: RegisterForm): Registration {
  return { username, password, ...(email && { email }), ...(display_name && { display_name }) };
}
