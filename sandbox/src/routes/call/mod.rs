//! A call that has been routed and whose caller is known.

mod fields;
pub(crate) mod multipart;
mod reply;
pub(crate) mod uploads;

use bytes::Bytes;
use http::HeaderMap;
use percent_encoding::percent_decode_str;

use crate::world::time::{Millis, parse_iso};
use crate::world::{Audience, Author, Failure, Id, RobotPermission, World};

pub(crate) use fields::{Fields, missing};
pub(crate) use reply::{Answer, Reply, created, envelope, nothing, ok};

/// The values of the parameters in a path, decoded.
pub(crate) type Params = Vec<(&'static str, String)>;

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    /// Anybody at all: the endpoint is public.
    Anybody,
    User(Id),
    Robot(Id),
    /// A project of NoLag's.
    #[cfg(feature = "nolag")]
    Project(Id),
}

#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) caller: Caller,
    pub(crate) params: Params,
    pub(crate) query: Option<&'a str>,
    pub(crate) body: &'a Bytes,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) base_url: &'a str,
}

impl Call<'_> {
    /// The decoded value of a parameter of the path.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, value)| value)
    }

    /// The calling user. Routes for users are reached by users only.
    pub(crate) fn user(&self) -> Result<Id, Failure> {
        match &self.caller {
            Caller::User(id) => Ok(id.clone()),
            _ => Err(Failure::unauthorized("This endpoint needs a user token")),
        }
    }

    /// The calling robot. Routes for robots are reached by robots only.
    pub(crate) fn robot(&self) -> Result<Id, Failure> {
        match &self.caller {
            Caller::Robot(id) => Ok(id.clone()),
            _ => Err(Failure::unauthorized("This endpoint needs a robot key")),
        }
    }

    /// The calling project. Routes of NoLag are reached with its keys only.
    #[cfg(feature = "nolag")]
    pub(crate) fn project(&self) -> Result<Id, Failure> {
        match &self.caller {
            Caller::Project(id) => Ok(id.clone()),
            _ => Err(Failure::unauthorized("This endpoint needs a project's key")),
        }
    }

    /// Refuses users who are not in the server of the path, robots of other
    /// servers and robots that lack the permission.
    pub(crate) fn enter_server(&self, permission: RobotPermission) -> Result<String, Failure> {
        let server = self.param("server");
        match &self.caller {
            Caller::User(user) => self.world.server_of(server, user)?,
            Caller::Robot(robot) => self.world.robot_server(robot, server, permission)?,
            Caller::Anybody => return Err(Failure::unauthorized("A token is required")),
            #[cfg(feature = "nolag")]
            Caller::Project(_) => return Err(Failure::unauthorized("A token is required")),
        };
        Ok(server.to_owned())
    }

    /// The calling user and the server of the path. Refuses users who do not
    /// have the permission there.
    pub(crate) fn manage(&self, bit: u64) -> Result<(Id, Id), Failure> {
        let user = self.user()?;
        let server = self.param("server");
        self.world.require(server, &user, bit)?;
        Ok((user, server.into()))
    }

    /// The caller as the author of a message.
    pub(crate) fn author(&self) -> Result<Author, Failure> {
        match &self.caller {
            Caller::User(id) => Ok(Author::User(id.clone())),
            Caller::Robot(id) => Ok(Author::Robot(id.clone())),
            Caller::Anybody => Err(Failure::unauthorized("A token is required")),
            #[cfg(feature = "nolag")]
            Caller::Project(_) => Err(Failure::unauthorized("A token is required")),
        }
    }

    pub(crate) fn is_robot(&self) -> bool {
        matches!(self.caller, Caller::Robot(_))
    }

    /// `for_robot`, unless the caller is a user.
    pub(crate) fn audience(&self, for_robot: Audience) -> Audience {
        if self.is_robot() {
            for_robot
        } else {
            Audience::User
        }
    }

    pub(crate) fn fields(&self) -> Result<Fields, Failure> {
        Fields::parse(self.body)
    }

    /// A value of the query, decoded.
    pub(crate) fn query(&self, name: &str) -> Result<Option<String>, Failure> {
        query_value(self.query, name)
    }

    /// `limit` and `cursor` of a page.
    pub(crate) fn page(&self) -> Result<(Option<Millis>, usize), Failure> {
        let limit = match self.query("limit")? {
            None => 50,
            Some(text) => text
                .parse()
                .ok()
                .filter(|limit| (1..=100).contains(limit))
                .ok_or_else(|| Failure::bad_request("limit must be between 1 and 100"))?,
        };
        let cursor = self
            .query("cursor")?
            .map(|text| {
                parse_iso(&text)
                    .ok_or_else(|| Failure::bad_request("cursor must be an ISO 8601 timestamp"))
            })
            .transpose()?;
        Ok((cursor, limit))
    }
}

/// A value of a query, decoded.
pub(crate) fn query_value(query: Option<&str>, name: &str) -> Result<Option<String>, Failure> {
    let value = query
        .unwrap_or_default()
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.replace('+', " "));
    value
        .map(|value| {
            percent_decode_str(&value)
                .decode_utf8()
                .map(std::borrow::Cow::into_owned)
                .map_err(|_| Failure::bad_request(format!("{name} is not valid UTF-8")))
        })
        .transpose()
}
