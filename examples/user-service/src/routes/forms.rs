//! How each body and query is read, field by field. The rules stand in `rules`, the shapes in the store.

use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::rules;
use crate::store::Slice;
use crate::store::listing::UserFilter;
use crate::store::permissions::{NewPermission, PermissionChange, PermissionFilter};
use crate::store::profiles::ProfileChange;
use crate::store::roles::{NewRole, RoleChange, RoleFilter};
use crate::store::users::UserChange;
use crate::validate::{Fields, Form};

const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: u32 = 100;
const MAX_PAGE: u32 = 1_000_000;

/// E-mail address and password.
#[derive(ToSchema)]
pub struct Login {
    #[schema(format = "email", min_length = 1, max_length = 254)]
    pub email: String,
    #[schema(format = "password", min_length = 1, max_length = 4096)]
    pub password: String,
    #[schema(max_length = 4096)]
    pub client_id: Option<String>,
    #[schema(max_length = 4096)]
    pub client_secret: Option<String>,
}

impl Form for Login {
    fn read(fields: &mut Fields) -> Option<Self> {
        // Any text will do for an address here: one that no account has is a wrong credential, not a wrong form.
        let email = fields.required("email", rules::secret);
        let password = fields.required("password", rules::secret);
        let client_id = fields.optional("client_id", rules::secret);
        let client_secret = fields.optional("client_secret", rules::secret);
        Some(Self {
            email: email?,
            password: password?,
            client_id,
            client_secret,
        })
    }
}

/// The refresh token of the last login or refresh.
#[derive(ToSchema)]
pub struct Refresh {
    #[schema(min_length = 1, max_length = 4096)]
    pub refresh_token: String,
}

impl Form for Refresh {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self {
            refresh_token: fields.required("refresh_token", rules::secret)?,
        })
    }
}

/// A new account.
#[derive(ToSchema)]
pub struct Registration {
    #[schema(
        min_length = 3,
        max_length = 50,
        pattern = "^[A-Za-z0-9._-]{3,50}$",
        example = "ada"
    )]
    pub username: String,
    #[schema(format = "email", max_length = 254, example = "ada@example.com")]
    pub email: String,
    /// A letter and a digit at least.
    #[schema(
        format = "password",
        min_length = 8,
        max_length = 128,
        example = "Analytical1"
    )]
    pub password: String,
    #[schema(min_length = 1, max_length = 100, example = "Ada Lovelace")]
    pub name: String,
    #[schema(
        max_length = 25,
        pattern = "^[+(0-9][0-9 ()./-]*$",
        example = "+44 20 1234567"
    )]
    pub phone_number: Option<String>,
    #[schema(
        min_length = 3,
        max_length = 32,
        pattern = "^[A-Za-z0-9][A-Za-z0-9 ./-]*$",
        example = "AB-123456"
    )]
    pub document_number: Option<String>,
}

impl Form for Registration {
    fn read(fields: &mut Fields) -> Option<Self> {
        let username = fields.required("username", rules::username);
        let email = fields.required("email", rules::email);
        let password = fields.required("password", rules::password);
        let name = fields.required("name", rules::title);
        let phone_number = fields.optional("phone_number", rules::phone);
        let document_number = fields.optional("document_number", rules::document);
        Some(Self {
            username: username?,
            email: email?,
            password: password?,
            name: name?,
            phone_number,
            document_number,
        })
    }
}

impl Form for UserChange {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self {
            username: fields.replace("username", rules::username),
            email: fields.replace("email", rules::email),
            name: fields.replace("name", rules::title),
            phone_number: fields.change("phone_number", rules::phone),
            document_number: fields.change("document_number", rules::document),
        })
    }
}

/// The old password and the new one.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct PasswordChange {
    #[schema(format = "password", min_length = 1, max_length = 4096)]
    pub old_password: String,
    /// 8 to 128 characters, a letter and a digit at least; weaker ones are a 422.
    #[schema(format = "password", min_length = 1, max_length = 4096)]
    pub new_password: String,
}

impl Form for PasswordChange {
    fn read(fields: &mut Fields) -> Option<Self> {
        let old_password = fields.required("oldPassword", rules::secret);
        let new_password = fields.required("newPassword", rules::secret);
        Some(Self {
            old_password: old_password?,
            new_password: new_password?,
        })
    }
}

/// The new password, set by an administrator.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct PasswordReset {
    /// 8 to 128 characters, a letter and a digit at least; weaker ones are a 422.
    #[schema(format = "password", min_length = 1, max_length = 4096)]
    pub new_password: String,
    /// Any text: the demo sends no letters, so there is none to compare with.
    #[schema(min_length = 1, max_length = 4096)]
    pub reset_token: String,
}

impl Form for PasswordReset {
    fn read(fields: &mut Fields) -> Option<Self> {
        let new_password = fields.required("newPassword", rules::secret);
        let reset_token = fields.required("resetToken", rules::secret);
        Some(Self {
            new_password: new_password?,
            reset_token: reset_token?,
        })
    }
}

impl Form for ProfileChange {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self {
            avatar: fields.change("avatar", rules::link),
            bio: fields.change("bio", rules::prose),
            website: fields.change("website", rules::link),
            location: fields.change("location", rules::title),
            company: fields.change("company", rules::title),
            job_title: fields.change("job_title", rules::title),
            birth_date: fields.change("birth_date", rules::date),
            gender: fields.change("gender", rules::gender),
            timezone: fields.change("timezone", rules::timezone),
            language: fields.change("language", rules::language),
            is_public: fields.replace("is_public", rules::boolean),
        })
    }
}

impl Form for NewRole {
    fn read(fields: &mut Fields) -> Option<Self> {
        let name = fields.required("name", rules::slug);
        let display_name = fields.required("display_name", rules::title);
        let description = fields.optional("description", rules::prose);
        Some(Self {
            name: name?,
            display_name: display_name?,
            description,
        })
    }
}

impl Form for RoleChange {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self {
            name: fields.replace("name", rules::slug),
            display_name: fields.replace("display_name", rules::title),
            description: fields.change("description", rules::prose),
        })
    }
}

impl Form for NewPermission {
    fn read(fields: &mut Fields) -> Option<Self> {
        let name = fields.required("name", rules::slug);
        let display_name = fields.required("display_name", rules::title);
        let resource = fields.required("resource", rules::slug);
        let action = fields.required("action", rules::slug);
        let description = fields.optional("description", rules::prose);
        Some(Self {
            name: name?,
            display_name: display_name?,
            resource: resource?,
            action: action?,
            description,
        })
    }
}

impl Form for PermissionChange {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self {
            name: fields.replace("name", rules::slug),
            display_name: fields.replace("display_name", rules::title),
            resource: fields.replace("resource", rules::slug),
            action: fields.replace("action", rules::slug),
            description: fields.change("description", rules::prose),
        })
    }
}

/// Roles to give or to take, all at once.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct RoleIds {
    #[schema(min_items = 1, max_items = 100)]
    pub role_ids: Vec<Uuid>,
}

impl Form for RoleIds {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self {
            role_ids: fields.required("roleIds", rules::ids)?,
        })
    }
}

/// A filter and the page of what it lets through.
pub struct Listing<F> {
    pub filter: F,
    pub slice: Slice,
}

impl Form for Slice {
    fn read(fields: &mut Fields) -> Option<Self> {
        let page = fields.optional("page", |value: &Value| rules::number(value, 1, MAX_PAGE));
        let limit = fields.optional("limit", |value: &Value| rules::number(value, 1, MAX_LIMIT));
        Some(Self {
            page: page.unwrap_or(1),
            limit: limit.unwrap_or(DEFAULT_LIMIT),
        })
    }
}

impl<F: Form> Form for Listing<F> {
    fn read(fields: &mut Fields) -> Option<Self> {
        let filter = F::read(fields);
        let slice = Slice::read(fields);
        Some(Self {
            filter: filter?,
            slice: slice?,
        })
    }
}

impl Form for UserFilter {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self {
            search: fields.optional("search", rules::needle),
            is_active: fields.optional("is_active", rules::flag),
            is_deleted: fields.optional("is_deleted", rules::flag).unwrap_or(false),
        })
    }
}

/// What `GET /users/search` looks for.
pub struct Needle(pub String);

impl Form for Needle {
    fn read(fields: &mut Fields) -> Option<Self> {
        fields.required("q", rules::needle).map(Self)
    }
}

impl Form for RoleFilter {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self {
            search: fields.optional("search", rules::needle),
            is_active: fields.optional("is_active", rules::flag),
        })
    }
}

impl Form for PermissionFilter {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self {
            search: fields.optional("search", rules::needle),
            is_active: fields.optional("is_active", rules::flag),
            resource: fields.optional("resource", rules::needle),
        })
    }
}
