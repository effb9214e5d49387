// Changing the password, which ends the other sessions.

import { zodResolver } from "@hookform/resolvers/zod";
import { useQuery } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { changePassword, meQuery } from "@/api/auth-service";
import { showProblem } from "@/api/form-problem";
import { Button } from "@/components/button";
import { Section } from "@/components/card";
import { PasswordField } from "@/components/field";
import { Notice } from "@/components/notice";
import { showToast } from "@/components/toasts";
import { type PasswordForm, passwordSchema } from "./schemas";
import { texts } from "./texts";

const FIELD_OF_CODE = {
  current_password_wrong: "current_password",
  password_too_weak: "new_password",
} as const;

export function PasswordSection() {
  const username = useQuery(meQuery).data?.username ?? "";
  const form = useForm<PasswordForm>({
    resolver: zodResolver(passwordSchema),
    defaultValues: { current_password: "", new_password: "" },
  });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (change) => {
    try {
      await changePassword(change);
      form.reset();
      showToast({ text: texts.password.saved });
    } catch (error) {
      showProblem(error, form.setError, ["current_password", "new_password"], FIELD_OF_CODE);
    }
  });

  return (
    <Section id="password" title={texts.password.title} description={texts.password.lead}>
      <form onSubmit={submit} noValidate aria-label={texts.password.title} className="flex flex-col gap-4">
        {errors.root && (
          <Notice tone="danger" isUrgent>
            {errors.root.message}
          </Notice>
        )}
        {/* Password managers need to know whose password is changed. */}
        <input type="text" value={username} autoComplete="username" readOnly hidden />
        <PasswordField
          label={texts.password.current}
          autoComplete="current-password"
          error={errors.current_password?.message}
          {...form.register("current_password")}
        />
        <PasswordField
          label={texts.password.next}
          hint={texts.password.nextHint}
          autoComplete="new-password"
          error={errors.new_password?.message}
          {...form.register("new_password")}
        />
        <Button type="submit" isBusy={isSubmitting} className="self-start">
          {texts.password.save}
        </Button>
      </form>
    </Section>
  );
}
