@echo off
call "%~dp0..\with_python.bat" logs %*
exit /b %ERRORLEVEL%
