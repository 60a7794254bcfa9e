//! Templates of repeated events.

use http::Method;
use serde_json::{Value, json};

use crate::routes::call::{Answer, Call, Fields, created, missing, ok};
use crate::routes::router::Route;
use crate::world::calendar::Template;
use crate::world::{Failure, permissions};

const TEMPLATE: &str = "/servers/{server}/event-templates/{template}";
const MAX_MINUTES: u64 = 7 * 24 * 60;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::user(Method::GET, "/servers/{server}/event-templates", list),
        Route::user(Method::POST, "/servers/{server}/event-templates", create),
        Route::user(Method::PATCH, TEMPLATE, update),
        Route::user(Method::DELETE, TEMPLATE, delete),
    ]
}

/// The keys of a template. All of them are optional here.
struct Draft {
    title: Option<String>,
    description: Option<String>,
    cover_image_url: Option<String>,
    duration_minutes: Option<u64>,
    rrule: Option<String>,
    timezone: Option<String>,
    start_time: Option<String>,
    external_access: Option<bool>,
    external_auto_admit: Option<bool>,
}

impl Draft {
    fn read(mut fields: Fields) -> Result<Self, Failure> {
        let draft = Self {
            title: fields.optional_filled_text("title")?,
            description: fields.optional_text("description")?,
            cover_image_url: fields.optional_text("coverImageUrl")?,
            duration_minutes: fields.optional_integer("durationMinutes", 1..=MAX_MINUTES)?,
            rrule: fields.optional_filled_text("rrule")?,
            timezone: fields.optional_filled_text("timezone")?,
            start_time: fields.optional_filled_text("startTime")?,
            external_access: fields.optional_bool("externalAccessEnabled")?,
            external_auto_admit: fields.optional_bool("externalAutoAdmit")?,
        };
        fields.done()?;
        if draft
            .start_time
            .as_deref()
            .is_some_and(|time| !is_time_of_day(time))
        {
            return Err(Failure::bad_request("startTime must be HH:MM, 24 hours"));
        }
        if draft
            .rrule
            .as_deref()
            .is_some_and(|rule| !rule.contains("FREQ="))
        {
            return Err(Failure::bad_request("rrule must be an iCalendar rule"));
        }
        Ok(draft)
    }
}

fn is_time_of_day(text: &str) -> bool {
    let number = |part: &str, limit: u32| {
        part.len() == 2
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && part.parse().is_ok_and(|number: u32| number < limit)
    };
    text.split_once(':')
        .is_some_and(|(hours, minutes)| number(hours, 24) && number(minutes, 60))
}

fn list(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let server = call.world.server_of(call.param("server"), &user)?;
    let templates: Vec<Value> = server
        .templates
        .values()
        .map(|template| template.view(&server.id))
        .collect();
    ok(&json!({"templates": templates}))
}

fn create(call: &mut Call<'_>) -> Answer {
    let (user, server) = call.manage(permissions::MANAGE_EVENTS)?;
    let draft = Draft::read(call.fields()?)?;
    let now = call.world.now();
    let template = Template {
        id: call.world.new_id("tmpl"),
        title: draft.title.ok_or_else(|| missing("title"))?,
        description: draft.description,
        cover_image_url: draft.cover_image_url,
        duration_minutes: draft.duration_minutes,
        rrule: draft.rrule.ok_or_else(|| missing("rrule"))?,
        timezone: draft.timezone.ok_or_else(|| missing("timezone"))?,
        start_time: draft.start_time.ok_or_else(|| missing("startTime"))?,
        external_access: draft.external_access.unwrap_or(false),
        external_auto_admit: draft.external_auto_admit.unwrap_or(false),
        created_by: user,
        created: now,
    };
    let view = template.view(&server);
    call.world
        .server_mut(&server)?
        .templates
        .insert(template.id.clone(), template);
    created(&view)
}

fn update(call: &mut Call<'_>) -> Answer {
    let (_, server) = call.manage(permissions::MANAGE_EVENTS)?;
    let id = call.param("template").to_owned();
    if !call.world.server(&server)?.templates.contains(&id) {
        return Err(not_found());
    }
    let draft = Draft::read(call.fields()?)?;
    let row = call.world.server_mut(&server)?;
    let template = row.templates.get_mut(&id).ok_or_else(not_found)?;
    let set = |target: &mut String, value: Option<String>| {
        if let Some(value) = value {
            *target = value;
        }
    };
    set(&mut template.title, draft.title);
    set(&mut template.rrule, draft.rrule);
    set(&mut template.timezone, draft.timezone);
    set(&mut template.start_time, draft.start_time);
    if draft.description.is_some() {
        template.description = draft.description;
    }
    if draft.cover_image_url.is_some() {
        template.cover_image_url = draft.cover_image_url;
    }
    if draft.duration_minutes.is_some() {
        template.duration_minutes = draft.duration_minutes;
    }
    if let Some(enabled) = draft.external_access {
        template.external_access = enabled;
    }
    if let Some(auto_admit) = draft.external_auto_admit {
        template.external_auto_admit = auto_admit;
    }
    ok(&template.view(&server))
}

fn delete(call: &mut Call<'_>) -> Answer {
    let (_, server) = call.manage(permissions::MANAGE_EVENTS)?;
    let id = call.param("template").to_owned();
    call.world
        .server_mut(&server)?
        .templates
        .remove(&id)
        .ok_or_else(not_found)?;
    ok(&json!({"ok": true}))
}

fn not_found() -> Failure {
    Failure::not_found("Event template")
}

#[cfg(test)]
mod tests {
    use super::is_time_of_day;

    #[test]
    fn times_of_day() {
        assert!(["00:00", "09:30", "23:59"].into_iter().all(is_time_of_day));
        let wrong = ["24:00", "9:30", "09:60", "0930", "+1:00", ""];
        assert!(!wrong.into_iter().any(is_time_of_day));
    }
}
