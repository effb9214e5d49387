// Signing in with a username and a password.

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { signIn } from "@/api/auth-service";
import { showProblem } from "@/api/form-problem";
import { useSession } from "@/api/session";
import { Button } from "@/components/button";
import { PasswordField, TextField } from "@/components/field";
import { Notice } from "@/components/notice";
import { AuthLayout } from "./auth-layout";
import { type SignInForm, signInSchema } from "./schemas";
import { texts } from "./texts";

export function SignInPage() {
  const session = useSession();
  const form = useForm<SignInForm>({
    resolver: zodResolver(signInSchema),
    defaultValues: { username: "", password: "" },
  });
  const { errors, isSubmitting } = form.formState;
  const hasEnded = session.status === "signed_out" && session.reason === "ended";

  const submit = form.handleSubmit(async ({ username, password }) => {
    try {
      await signIn(username, password);
    } catch (error) {
      showProblem(error, form.setError, ["username", "password"]);
    }
  });

  return (
    <AuthLayout
      title={texts.signIn.title}
      lead={texts.signIn.lead}
      other={{ text: texts.signIn.other, link: texts.signIn.otherLink, to: "/register" }}
    >
      <form onSubmit={submit} noValidate aria-label={texts.signIn.submit} className="flex flex-col gap-4">
        {errors.root ? (
          <Notice tone="danger" isUrgent>
            {errors.root.message}
          </Notice>
        ) : (
          hasEnded && <Notice>{texts.signIn.ended}</Notice>
        )}
        <TextField
          label={texts.fields.username}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          error={errors.username?.message}
          {...form.register("username")}
        />
        <PasswordField
          label={texts.fields.password}
          autoComplete="current-password"
          error={errors.password?.message}
          {...form.register("password")}
        />
        <Button type="submit" variant="primary" size="large" isBusy={isSubmitting} className="mt-2 w-full">
          {texts.signIn.submit}
        </Button>
      </form>
    </AuthLayout>
  );
}
