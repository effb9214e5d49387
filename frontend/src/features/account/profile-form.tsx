// The name and the address of the reader.

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { changeProfile, meQuery } from "@/api/auth-service";
import { showProblem } from "@/api/form-problem";
import { queryClient } from "@/api/query-client";
import type { User } from "@/api/types";
import { Button } from "@/components/button";
import { TextField } from "@/components/field";
import { Notice } from "@/components/notice";
import { showToast } from "@/components/toasts";
import { type ProfileForm as Form, profileSchema } from "./schemas";
import { texts } from "./texts";

export function ProfileForm({ user }: { user: User }) {
  const form = useForm<Form>({
    resolver: zodResolver(profileSchema),
    defaultValues: { display_name: user.display_name ?? "", email: user.email ?? "" },
  });
  const { errors, isSubmitting, isDirty } = form.formState;

  const submit = form.handleSubmit(async (values) => {
    try {
      const saved = await changeProfile({
        display_name: values.display_name || null,
        email: values.email || null,
      });
      queryClient.setQueryData(meQuery.queryKey, saved);
      form.reset({ display_name: saved.display_name ?? "", email: saved.email ?? "" });
      showToast({ text: texts.profile.saved });
    } catch (error) {
      showProblem(error, form.setError, ["display_name", "email"], { email_taken: "email" });
    }
  });

  return (
    <form onSubmit={submit} noValidate aria-label={texts.profile.title} className="flex flex-col gap-4">
      {errors.root && (
        <Notice tone="danger" isUrgent>
          {errors.root.message}
        </Notice>
      )}
      <TextField
        label={texts.profile.username}
        value={user.username}
        readOnly
        autoComplete="username"
        hint={texts.profile.usernameHint}
      />
      <TextField
        label={texts.profile.displayName}
        autoComplete="name"
        error={errors.display_name?.message}
        {...form.register("display_name")}
      />
      <TextField
        label={texts.profile.email}
        type="email"
        autoComplete="email"
        error={errors.email?.message}
        {...form.register("email")}
      />
      <Button
        type="submit"
        variant="primary"
        isBusy={isSubmitting}
        disabled={!isDirty}
        className="self-start"
      >
        {texts.profile.save}
      </Button>
    </form>
  );
}
