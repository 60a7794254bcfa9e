//! Finding the endpoint for a method and a path.

use std::collections::HashMap;
use std::fmt;

use http::Method;
use percent_encoding::percent_decode_str;

use super::call::{Answer, Call, Params};
use crate::world::Failure;
use crate::world::files::IMAGE_LIMIT;

/// The function that carries out a call.
pub(crate) type Handler = fn(&mut Call<'_>) -> Answer;

/// Who may call an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody, with any token or none.
    Public,
    User,
    Robot,
    /// Users, but with the token in the query.
    Gateway,
    /// A project of NoLag, by its key.
    #[cfg(feature = "nolag")]
    Project,
}

/// What an endpoint takes as its body, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    Json,
    /// JSON that holds an image in base64.
    JsonImage,
    /// `multipart/form-data` with an image.
    Multipart,
}

const MIB: usize = 1024 * 1024;

impl Takes {
    pub(crate) fn limit(self) -> usize {
        match self {
            Self::Json => MIB,
            // Base64 makes four bytes of three. The rest of the object may have
            // one MiB.
            Self::JsonImage => IMAGE_LIMIT / 3 * 4 + MIB,
            // The size of the image itself is checked once the parts are known.
            Self::Multipart => IMAGE_LIMIT + MIB,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) method: Method,
    /// With parameters in braces, as in `/servers/{server}`.
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    pub(crate) takes: Takes,
    /// The keys that its query may have.
    pub(crate) query: &'static [&'static str],
    /// Counts against the limit of message writes.
    pub(crate) writes_message: bool,
    pub(crate) handler: Handler,
}

impl Route {
    const fn new(method: Method, path: &'static str, access: Access, handler: Handler) -> Self {
        Self {
            method,
            path,
            access,
            takes: Takes::Json,
            query: &[],
            writes_message: false,
            handler,
        }
    }

    pub(crate) const fn public(method: Method, path: &'static str, handler: Handler) -> Self {
        Self::new(method, path, Access::Public, handler)
    }

    pub(crate) const fn user(method: Method, path: &'static str, handler: Handler) -> Self {
        Self::new(method, path, Access::User, handler)
    }

    pub(crate) const fn robot(method: Method, path: &'static str, handler: Handler) -> Self {
        Self::new(method, path, Access::Robot, handler)
    }

    pub(crate) const fn gateway(method: Method, path: &'static str, handler: Handler) -> Self {
        Self::new(method, path, Access::Gateway, handler)
    }

    #[cfg(feature = "nolag")]
    pub(crate) const fn project(method: Method, path: &'static str, handler: Handler) -> Self {
        Self::new(method, path, Access::Project, handler)
    }

    pub(crate) const fn taking(mut self, takes: Takes) -> Self {
        self.takes = takes;
        self
    }

    pub(crate) const fn reading(mut self, query: &'static [&'static str]) -> Self {
        self.query = query;
        self
    }

    pub(crate) const fn writing_message(mut self) -> Self {
        self.writes_message = true;
        self
    }
}

/// Why no endpoint was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Miss {
    Path,
    Method,
    /// The path is not valid percent-encoded UTF-8.
    Encoding,
}

impl Miss {
    pub(crate) fn failure(self, method: &Method, path: &str) -> Failure {
        match self {
            Self::Path => Failure::not_found(&format!("Route {method} {path}")),
            Self::Method => Failure::new(405, format!("{path} does not take {method}")),
            Self::Encoding => Failure::bad_request("The path is not valid percent-encoded UTF-8"),
        }
    }
}

#[derive(Default)]
struct Node {
    literal: HashMap<&'static str, Node>,
    /// A segment that may be anything. Its name is in the `routes` of the last
    /// node.
    parameter: Option<Box<Node>>,
    routes: Vec<(Route, Vec<&'static str>)>,
}

/// All endpoints, by path segment.
pub(crate) struct Router {
    root: Node,
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Router").finish_non_exhaustive()
    }
}

impl Router {
    pub(crate) fn new(routes: impl IntoIterator<Item = Route>) -> Self {
        let mut root = Node::default();
        for route in routes {
            root.add(route);
        }
        Self { root }
    }

    /// The endpoint for a path as it came over the wire.
    pub(crate) fn find(&self, method: &Method, path: &str) -> Result<(&Route, Params), Miss> {
        let segments = decode(path)?;
        let mut values = Vec::new();
        let node = self.root.find(&segments, &mut values).ok_or(Miss::Path)?;
        let method = as_routed(method);
        let (route, names) = node
            .routes
            .iter()
            .find(|(route, _)| route.method == *method)
            .ok_or(Miss::Method)?;
        let params = names
            .iter()
            .copied()
            .zip(values.into_iter().map(ToOwned::to_owned))
            .collect();
        Ok((route, params))
    }

    /// The methods that a path takes, as the header `allow` lists them.
    pub(crate) fn methods(&self, path: &str) -> String {
        let Ok(segments) = decode(path) else {
            return String::new();
        };
        let routes = self
            .root
            .find(&segments, &mut Vec::new())
            .map_or(&[][..], |node| &node.routes);
        let mut methods: Vec<_> = routes
            .iter()
            .map(|(route, _)| route.method.as_str())
            .collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.join(", ")
    }
}

/// HEAD is routed like GET: only the body of the answer is left out.
fn as_routed(method: &Method) -> &Method {
    if *method == Method::HEAD {
        &Method::GET
    } else {
        method
    }
}

/// The segments of a path, percent-decoded.
fn decode(path: &str) -> Result<Vec<String>, Miss> {
    path.strip_prefix('/')
        .ok_or(Miss::Path)?
        .split('/')
        .map(|segment| {
            percent_decode_str(segment)
                .decode_utf8()
                .map(std::borrow::Cow::into_owned)
        })
        .collect::<Result<_, _>>()
        .map_err(|_| Miss::Encoding)
}

impl Node {
    fn add(&mut self, route: Route) {
        let mut node = self;
        let mut names = Vec::new();
        for segment in route.path.split('/').skip(1) {
            let name = segment
                .strip_prefix('{')
                .and_then(|segment| segment.strip_suffix('}'));
            node = if let Some(name) = name {
                names.push(name);
                node.parameter.get_or_insert_default()
            } else {
                node.literal.entry(segment).or_default()
            };
        }
        node.routes.push((route, names));
    }

    /// Finds the node of a path. A literal segment has precedence over a
    /// parameter.
    fn find<'a>(&self, segments: &'a [String], values: &mut Vec<&'a str>) -> Option<&Self> {
        let Some((segment, rest)) = segments.split_first() else {
            return (!self.routes.is_empty()).then_some(self);
        };
        if let Some(node) = self.literal.get(segment.as_str())
            && let Some(found) = node.find(rest, values)
        {
            return Some(found);
        }
        let parameter = self.parameter.as_ref().filter(|_| !segment.is_empty())?;
        values.push(segment);
        let found = parameter.find(rest, values);
        if found.is_none() {
            values.pop();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: &Method, path: &str) -> Result<(&'static str, Params), Miss> {
        Router::new(crate::routes::all())
            .find(method, path)
            .map(|(route, params)| (route.path, params))
    }

    #[test]
    fn literals_win_and_parameters_are_decoded() {
        assert_eq!(
            found(&Method::GET, "/servers/me"),
            Ok(("/servers/me", Vec::new()))
        );
        assert_eq!(
            found(&Method::GET, "/servers/a%2F%C3%A9%3F"),
            Ok(("/servers/{server}", vec![("server", "a/é?".to_owned())]))
        );
    }

    #[test]
    fn misses_are_told_apart() {
        assert_eq!(found(&Method::GET, "/nowhere"), Err(Miss::Path));
        assert_eq!(found(&Method::GET, "/servers/"), Err(Miss::Path));
        assert_eq!(found(&Method::GET, "/servers//rooms"), Err(Miss::Path));
        assert_eq!(found(&Method::PUT, "/users/me"), Err(Miss::Method));
        assert_eq!(found(&Method::GET, "/servers/%FF"), Err(Miss::Encoding));
    }
}
