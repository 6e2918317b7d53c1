// Verbs about oneself: login, logout, whoami, password change, tokens.
#include <termios.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <iostream>

#include "cli/verbs.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

// The first line of the file, or, on a terminal, what is typed without showing it. Never from the command
// line.
base::Result<std::string> read_password(const std::string& file, const char* prompt) {
  std::string password;
  if (!file.empty()) {
    DURE_LET(text, read_file(file));
    return text.substr(0, text.find('\n'));
  }
  const bool typed = ::isatty(STDIN_FILENO);
  termios shown{};
  if (typed) {
    std::fprintf(stderr, "%s: ", prompt);
    ::tcgetattr(STDIN_FILENO, &shown);
    termios hidden = shown;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &hidden);
  }
  std::getline(std::cin, password);
  if (typed) {
    ::tcsetattr(STDIN_FILENO, TCSANOW, &shown);
    std::fprintf(stderr, "\n");
  }
  return password;
}

base::Status log_in(Context& context, Api& api, const std::string& login, const std::string& password_file) {
  DURE_LET(password, read_password(password_file, "Password"));
  json::object body{{"login", login}, {"password", password}};
  api.use_token("");
  DURE_LET(answer, api.post("/api/v1/sessions", json::serialize(body)));
  DURE_TRY(keep_token(context.connection.server, text_at(answer, "token")));
  std::printf("%s: %s\n", text_at(answer, "account/login").c_str(), text_at(answer, "account/state").c_str());
  if (text_at(answer, "account/state") == "must_change_password") std::printf("dure password change\n");
  return {};
}

void add_login(CLI::App& app, Context& context) {
  auto* login =
      app.add_subcommand("login", "Logs in and keeps the session's token in your configuration folder");
  auto name = std::make_shared<std::string>();
  auto file = std::make_shared<std::string>();
  login->add_option("login", *name, "Account")->required();
  login->add_option("--password-file", *file,
                    "File with the password in its first line; asked for otherwise");
  login->callback([&context, name, file] {
    context.with_api([&](Api& api) { return log_in(context, api, *name, *file); });
  });
  auto* logout = app.add_subcommand("logout", "Ends the session");
  auto others = std::make_shared<bool>(false);
  logout->add_flag("--others", *others, "Ends your other sessions and keeps this one");
  logout->callback([&context, others] {
    context.with_api([&](Api& api) -> base::Status {
      if (*others) {
        DURE_LET(ended, api.remove("/api/v1/sessions/others"));
        static_cast<void>(ended);
        return {};
      }
      DURE_LET(gone, api.remove("/api/v1/sessions/current"));
      static_cast<void>(gone);
      return keep_token(context.connection.server, "");
    });
  });
  app.add_subcommand("whoami", "Who you are, and with which roles")->callback([&context] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(me, api.get("/api/v1/me"));
      if (context.output() == Format::kJson) {
        print_json(me);
        return {};
      }
      std::printf("%s  %s\n", text_at(me, "account/login").c_str(), text_at(me, "actor").c_str());
      if (const auto* grants = me.as_object().if_contains("grants"))
        print_table(*grants, {{"ROLE", "role"}, {"SCOPE", "scope"}, {"ID", "scope_id"}, {"ENDS", "ends_at"}});
      return {};
    });
  });
}

void add_password_change(CLI::App& app, Context& context) {
  auto* password = app.get_subcommand("password");
  auto* change = password->add_subcommand("change", "Changes your own password");
  auto current = std::make_shared<std::string>();
  auto replacement = std::make_shared<std::string>();
  change->add_option("--current-file", *current, "File with the current password; asked for otherwise");
  change->add_option("--new-file", *replacement, "File with the new password; asked for otherwise");
  change->callback([&context, current, replacement] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(old_password, read_password(*current, "Current password"));
      DURE_LET(new_password, read_password(*replacement, "New password"));
      json::object body{{"current", old_password}, {"new", new_password}};
      DURE_LET(account, api.post("/api/v1/me/password", json::serialize(body)));
      std::printf("%s: %s\n", text_at(account, "login").c_str(), text_at(account, "state").c_str());
      return {};
    });
  });
}

void add_tokens(CLI::App& app, Context& context) {
  auto* token = app.add_subcommand("token", "API tokens")->require_subcommand(1);
  auto* create = token->add_subcommand("create", "Makes a token; it is shown once");
  auto name = std::make_shared<std::string>();
  create->add_option("name", *name, "What it is for")->required();
  create->callback([&context, name] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(made, api.post_once("/api/v1/api-tokens", json::serialize(json::object{{"name", *name}})));
      std::printf("%s\n", text_at(made, "token").c_str());
      return {};
    });
  });
  auto* revoke = token->add_subcommand("revoke", "Ends a token");
  auto id = std::make_shared<std::string>();
  revoke->add_option("id", *id)->required();
  revoke->callback([&context, id] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(gone, api.remove("/api/v1/api-tokens/" + *id));
      static_cast<void>(gone);
      return {};
    });
  });
}

}  // namespace

void add_session_verbs(CLI::App& app, Context& context) {
  add_login(app, context);
  add_password_change(app, context);
  add_tokens(app, context);
}

}  // namespace dure::cli
