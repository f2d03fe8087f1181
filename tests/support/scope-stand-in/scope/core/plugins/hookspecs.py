"""Stand-in for Scope's hook marker: a mark that the stand-in of its plug-in manager looks for."""


def hookimpl(function):
    function.scope_hook = True
    return function
